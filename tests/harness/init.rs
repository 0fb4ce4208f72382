//! How init is to be started.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use super::stream::Stream;
use super::{Running, Terminal, child_setup, process};

type Hook = Box<dyn FnMut() -> io::Result<()> + Send + Sync>;

/// What session init is started in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// That of the test itself.
    Inherited,
    /// A new one without a terminal, as an engine starts it.
    Own,
}

/// The path of the init under test.
pub fn init_under_test() -> PathBuf {
    let named = std::env::var_os("INIT_UNDER_TEST");
    named.map_or_else(|| env!("CARGO_BIN_EXE_sexton").into(), PathBuf::from)
}

/// The path of a helper program, one of `tests/programs`.
pub fn program(name: &str) -> String {
    let test = std::env::current_exe().expect("the path of this test");
    let profile = test.ancestors().nth(2).expect("<target>/<profile>/deps/TEST");
    let path = profile.join("examples").join(name);
    assert!(path.exists(), "{} is missing: cargo build --examples", path.display());
    path.to_str().expect("a UTF-8 path").to_owned()
}

/// The processors that this process may use.
pub fn processors() -> impl Iterator<Item = usize> {
    let all = sched_getaffinity(Pid::from_raw(0)).expect("this process's processors");
    (0..CpuSet::count()).filter(move |&number| all.is_set(number) == Ok(true))
}

/// A name that no other test has.
pub fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Held while a process is forked, and while a program's file is written.
pub fn forking() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A description of how init is to be started.
pub struct Init {
    pub path: PathBuf,
    pid_1: bool,
    session: Session,
    name: Option<OsString>,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    cwd: Option<PathBuf>,
    output: Option<[Stdio; 2]>,
    tty: Option<(OwnedFd, i32)>,
    hooks: Vec<Hook>,
}

impl Init {
    pub fn new() -> Self {
        Self {
            path: init_under_test(),
            pid_1: false,
            session: Session::Own,
            name: None,
            args: Vec::new(),
            env: Vec::new(),
            cwd: None,
            output: None,
            tty: None,
            hooks: Vec::new(),
        }
    }

    /// The dumb-init dialect, by its name.
    pub fn dumb_init() -> Self {
        Self::new().named("dumb-init")
    }

    /// As PID 1 of a PID namespace of its own.
    pub fn pid_1(mut self) -> Self {
        // SAFETY: no precondition.
        let user = unsafe { libc::geteuid() };
        assert_eq!(user, 0, "PID namespaces need root: run this test as root");
        self.pid_1 = true;
        self
    }

    pub fn is_pid_1(&self) -> bool {
        self.pid_1
    }

    pub fn session(mut self, session: Session) -> Self {
        self.session = session;
        self
    }

    /// Sets argv[0], which chooses the dialect.
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.into());
        self
    }

    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    pub fn args(mut self, args: &[&str]) -> Self {
        self.args.extend(args.iter().map(OsString::from));
        self
    }

    /// Adds the path of a helper program as an argument.
    pub fn program(self, name: &str) -> Self {
        self.arg(program(name))
    }

    /// Runs a shell script as the main child.
    pub fn script(self, script: &str) -> Self {
        self.args(&["/bin/sh", "-c", script])
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    pub fn cwd(mut self, folder: impl AsRef<Path>) -> Self {
        self.cwd = Some(folder.as_ref().to_owned());
        self
    }

    /// Standard output and error, which are pipes otherwise.
    pub fn output_to(mut self, out: impl Into<Stdio>, err: impl Into<Stdio>) -> Self {
        self.output = Some([out.into(), err.into()]);
        self
    }

    /// As the leader of a session with that terminal, on descriptors 0 to 2.
    pub fn on(mut self, terminal: &Terminal) -> Self {
        self.tty = Some((terminal.open_far_end(), 2));
        self
    }

    /// The same, but output and errors stay pipes, which outlive a hang-up.
    pub fn reading_from(mut self, terminal: &Terminal) -> Self {
        self.tty = Some((terminal.open_far_end(), 0));
        self
    }

    /// Something to do in the process that becomes init, just before.
    pub fn before(mut self, f: impl FnMut() -> io::Result<()> + Send + Sync + 'static) -> Self {
        self.hooks.push(Box::new(f));
        self
    }

    /// On the first of the processors that this process may use, and no other.
    pub fn on_one_processor(self) -> Self {
        let mut one = CpuSet::new();
        one.set(processors().next().expect("a processor")).expect("a set with it");
        self.before(move || Ok(sched_setaffinity(Pid::from_raw(0), &one)?))
    }

    /// Starts with these signals ignored.
    pub fn ignoring(self, signals: &'static [i32]) -> Self {
        self.before(move || signals.iter().try_for_each(|&signal| child_setup::ignore(signal)))
    }

    /// Starts with these signals blocked.
    pub fn blocking(self, signals: &'static [i32]) -> Self {
        let mask = signals.iter().fold(0, |mask, signal| mask | 1u64 << (signal - 1));
        self.before(move || child_setup::block(mask))
    }

    /// Makes copies of a descriptor with these numbers, for init to inherit.
    pub fn with_descriptors(self, numbers: impl Iterator<Item = i32> + Clone + Send + Sync + 'static) -> Self {
        self.before(move || numbers.clone().try_for_each(child_setup::fill))
    }

    /// Starts init, and returns once its exec has been done.
    #[track_caller]
    pub fn spawn(self) -> Running {
        let mark = unique();
        process::remember(&mark);
        let mut command = Command::new(&self.path);
        if let Some(name) = &self.name {
            command.arg0(name);
        }
        command.args(&self.args).env_clear().env(process::MARK, &mark);
        command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        command.env("LC_ALL", "C").envs(self.env).stdin(Stdio::piped());
        if let Some(folder) = self.cwd {
            command.current_dir(folder);
        }
        let piped = [Stdio::piped(), Stdio::piped()];
        let [out, err] = self.output.unwrap_or(piped);
        command.stdout(out).stderr(err);

        let (report_in, report_out) = nix::unistd::pipe().expect("a pipe");
        let report = report_out.as_raw_fd();
        let (pid_1, session, tty) = (self.pid_1, self.session, self.tty);
        let mut hooks = self.hooks;
        let setup = move || {
            child_setup::normalise()?;
            if pid_1 {
                child_setup::enter_pid_namespace(report)?;
            }
            if let Some((tty, last)) = &tty {
                child_setup::lead_session_on(tty.as_raw_fd(), *last)?;
            } else if session == Session::Own {
                // SAFETY: no precondition.
                unsafe { libc::setsid() };
            }
            hooks.iter_mut().try_for_each(|hook| hook())
        };
        // SAFETY: see `child_setup`.
        unsafe { command.pre_exec(setup) };
        let started = {
            let _alone = forking();
            command.spawn()
        };
        let mut started =
            started.unwrap_or_else(|error| panic!("cannot start {} (as PID 1: {pid_1}): {error}", self.path.display()));
        // With the command goes our end of the terminal.
        drop((command, report_out));
        let mut pid = i32::try_from(started.id()).expect("a pid");
        if pid_1 {
            let mut bytes = [0; 4];
            File::from(report_in).read_exact(&mut bytes).expect("the pid of PID 1");
            pid = i32::from_ne_bytes(bytes);
        }
        let stdout = started.stdout.take().map(Stream::of).unwrap_or_default();
        let stderr = started.stderr.take().map(Stream::of).unwrap_or_default();
        Running::new(started, pid, mark, stdout, stderr)
    }

    /// Runs init to its end: exit code, standard output, standard error.
    #[track_caller]
    pub fn finish(self) -> (i32, String, String) {
        let mut running = self.spawn();
        let code = running.exit_code();
        (code, running.all_of_stdout(), running.all_of_stderr())
    }

    /// Runs init to its end and gives the exit code alone.
    #[track_caller]
    pub fn code(self) -> i32 {
        self.finish().0
    }
}
