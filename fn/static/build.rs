//! Compiles the program to bytecode, which fits only the engine that wrote it and so is made in the same build, and lists
//! the data that it asks for by name.

use rquickjs::{Context, Module, Runtime, WriteOptions};
use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-env-changed=LLSD_PROGRAM");
    let program = env::var("LLSD_PROGRAM").expect("LLSD_PROGRAM names the bundle: use npm run build:static");
    println!("cargo::rerun-if-changed={program}");
    let source = fs::read(&program).expect("the bundle can be read");
    let runtime = Runtime::new().expect("the engine starts");
    let options = WriteOptions { strip_source: true, strip_debug: true, ..WriteOptions::default() };
    let bytecode = Context::full(&runtime)
        .expect("the engine starts")
        .with(|ctx| Module::declare(ctx, "llsd", source)?.write(options))
        .expect("the bundle is a module");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("program"), bytecode).expect("the bytecode can be written");
    fs::write(Path::new(&out).join("texts.rs"), texts()).expect("the list of texts can be written");
}

/// The files of `src/releases/data` as pairs of a name and a text: `("0.7.1", include_str!("…/0.7.1.json"))`.
fn texts() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src/releases/data");
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(folder).expect("the data can be read");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("the data can be read").path()).collect();
    files.sort();
    let pairs = files.iter().map(|path| format!("({:?}, include_str!({path:?}))", path.file_stem().unwrap_or_default()));
    format!("&[{}]", pairs.collect::<Vec<_>>().join(", "))
}
