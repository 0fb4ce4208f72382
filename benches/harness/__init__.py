"""What inits cost: measured side by side, summed up, drawn. See docs/bench.md."""
