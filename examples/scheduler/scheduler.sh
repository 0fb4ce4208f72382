#!/bin/sh
# Starts a job now and then, and does not wait for them. At SIGTERM it ends; the jobs
# that are under way finish what they do, for they ignore it.
trap 'echo "scheduler stopped"; exit 0' TERM

job() {
    trap '' TERM
    echo "job $1 begins"
    sleep 1
    echo "job $1 done"
}

number=0
while :; do
    number=$((number + 1))
    job "$number" &
    sleep 0.5 &
    wait $!
done
