//! Decides how the `sexton` binary is linked: release builds for the targets
//! that `src/sys/arch` knows are freestanding (no C library, no dynamic linker,
//! no panic machinery), everything else is hosted, as any Rust program is.
//!
//! All of it is link arguments of the one binary: no RUSTFLAGS, no cargo
//! configuration, no other target. `docs/link.md` tells each one's reason.
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Libraries that rustc may put on the link line. Empty archives shadow them,
/// so that any symbol which link-time optimisation leaves fails the link.
const SHADOWED: [&str; 9] = ["c", "gcc", "gcc_eh", "gcc_s", "m", "rt", "pthread", "util", "dl"];

/// What a freestanding link needs the linker to be capable of, in miniature.
const PROBE: &str = r#"#![no_std]
#![no_main]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
#[unsafe(no_mangle)]
extern "C" fn _start() -> ! { loop {} }
"#;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/rt/link.ld");
    println!("cargo::rustc-check-cfg=cfg(freestanding)");
    println!("cargo::rustc-env=SEXTON_COMMIT={}", commit().unwrap_or_default());
    let wanted = variable("PROFILE") == "release" && env::var_os("CARGO_FEATURE_HOSTED").is_none();
    if !wanted {
        return;
    }
    match link_arguments() {
        Ok(arguments) => {
            println!("cargo::rustc-cfg=freestanding");
            for argument in arguments {
                println!("cargo::rustc-link-arg-bin=sexton={argument}");
            }
        }
        Err(why) => println!("cargo::warning=sexton is linked with the C library: {why}"),
    }
}

/// ` - git.` and seven digits, which `docker info` shows, if this is a checkout.
fn commit() -> Option<String> {
    let root = variable("CARGO_MANIFEST_DIR");
    let git = |words: &[&str]| {
        let done = Command::new("git").args(["-C", &root]).args(words).output().ok()?;
        done.status.success().then(|| String::from_utf8_lossy(&done.stdout).trim().to_owned())
    };
    // Not that of a repository which merely holds this one's files.
    if !git(&["rev-parse", "--show-prefix"])?.is_empty() {
        return None;
    }
    // The log of HEAD grows with each commit and each checkout.
    println!("cargo::rerun-if-changed={}", git(&["rev-parse", "--path-format=absolute", "--git-path", "logs/HEAD"])?);
    Some(format!(" - git.{}", git(&["rev-parse", "--short=7", "HEAD"])?))
}

fn link_arguments() -> Result<Vec<String>, String> {
    check_target()?;
    check_profile()?;
    let out = PathBuf::from(variable("OUT_DIR"));
    let stubs = out.join("no-libraries");
    fs::create_dir_all(&stubs).map_err(|error| format!("{}: {error}", stubs.display()))?;
    for library in SHADOWED {
        let stub = stubs.join(format!("lib{library}.a"));
        fs::write(&stub, "!<arch>\n").map_err(|error| format!("{}: {error}", stub.display()))?;
    }
    let script = Path::new(&variable("CARGO_MANIFEST_DIR")).join("src/rt/link.ld");
    let mut arguments: Vec<String> = [
        &format!("-L{}", stubs.display()),
        "-nostartfiles",
        "-static",
        "-no-pie",
        "-T",
        &script.display().to_string(),
        // .eh_frame, until the script drops it, names std's personality
        // routine, which would keep all of the panic machinery.
        "-Wl,--defsym=rust_eh_personality=0",
        "-Wl,--build-id=none",
        // A text that ends another one lies in that.
        "-Wl,-O2",
        // No such sections exist. But gold, which keeps what .eh_frame names
        // although the script drops .eh_frame, does not know the option.
        "-Wl,-z,start-stop-gc",
        // Pages of the file need not be as large as the largest that exist.
        "-Wl,-z,max-page-size=4096",
    ]
    .map(String::from)
    .to_vec();
    if variable("CARGO_CFG_TARGET_ARCH") == "aarch64" {
        // There they may be: 64 KiB is a page size.
        arguments.pop();
    }
    // Should the link fail all the same, one symbol tells as much as a hundred.
    // Nobody needs section headers to run a file, nor the same function twice.
    // GNU ld has none of these options.
    let extras = ["-Wl,--error-limit=1", "-Wl,-z,nosectionheader", "-Wl,--icf=all"];
    for count in (0..=extras.len()).rev() {
        let arguments: Vec<String> =
            arguments.iter().cloned().chain(extras.iter().take(count).map(|&extra| extra.into())).collect();
        if probe(&out, &arguments) {
            return Ok(arguments);
        }
    }
    Err("the linker does not take a static link by a linker script".into())
}

fn check_target() -> Result<(), String> {
    for (name, wanted) in [
        ("CARGO_CFG_TARGET_OS", &["linux"][..]),
        ("CARGO_CFG_TARGET_ENV", &["gnu"]),
        ("CARGO_CFG_TARGET_ARCH", &["x86_64", "aarch64"]),
        ("CARGO_CFG_TARGET_POINTER_WIDTH", &["64"]),
        ("CARGO_CFG_TARGET_ENDIAN", &["little"]),
    ] {
        if !wanted.contains(&variable(name).as_str()) {
            return Err(format!("the target {} is not one that links without it", variable("TARGET")));
        }
    }
    Ok(())
}

/// Settings under which panic paths survive optimisation, as far as a build
/// script can see them; `src/rt/freestanding.rs` sees more. The profile in
/// Cargo.toml has none of them, but it holds only for a workspace's root.
fn check_profile() -> Result<(), String> {
    let overridden = |name: &str| {
        println!("cargo::rerun-if-env-changed=CARGO_PROFILE_RELEASE_{name}");
        variable(&format!("CARGO_PROFILE_RELEASE_{name}"))
    };
    for (met, what) in [
        (matches!(variable("OPT_LEVEL").as_str(), "0" | "1"), "opt-level is below 2"),
        (overridden("OVERFLOW_CHECKS") == "true", "overflow-checks are on"),
        (overridden("DEBUG_ASSERTIONS") == "true", "debug-assertions are on"),
        (overridden("PANIC") == "unwind", "panic is not abort"),
        (!matches!(overridden("LTO").as_str(), "" | "fat" | "true"), "lto is not fat"),
    ] {
        if met {
            return Err(format!("the release profile is not sexton's own, {what}"));
        }
    }
    Ok(())
}

/// Links a program of three lines with these arguments.
fn probe(out: &Path, arguments: &[String]) -> bool {
    let source = out.join("probe.rs");
    if fs::write(&source, PROBE).is_err() {
        return false;
    }
    let mut rustc = Command::new(variable("RUSTC"));
    rustc.args(["--edition=2024", "--crate-type=bin", "-Cpanic=abort", "-Copt-level=s", "--target"]);
    rustc.arg(variable("TARGET")).arg("-o").arg(out.join("probe")).arg(&source);
    if let Some(linker) = env::var_os("RUSTC_LINKER") {
        rustc.arg("-C").arg(format!("linker={}", linker.to_string_lossy()));
    }
    rustc.args(variable("CARGO_ENCODED_RUSTFLAGS").split('\x1f').filter(|flag| !flag.is_empty()));
    rustc.args(arguments.iter().map(|argument| format!("-Clink-arg={argument}")));
    rustc.output().is_ok_and(|output| output.status.success())
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}
