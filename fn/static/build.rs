//! Compiles the program to bytecode, which fits only the engine that wrote it and so is made in the same build.

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
}
