//! Compiles the program's modules to bytecode, which fits only the engine that wrote it and so is made in the same build,
//! and lists the data that it asks for by name.

use rquickjs::loader::{BuiltinLoader, BuiltinResolver};
use rquickjs::{Context, Module, Runtime, WriteOptions};
use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-env-changed=LLSD_PROGRAM");
    let program = env::var("LLSD_PROGRAM").expect("LLSD_PROGRAM names the modules' folder: use npm run build:static");
    let sources = files(Path::new(&program));
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let modules = sources.iter().map(|(name, _)| {
        let file = Path::new(&out).join(name);
        fs::write(&file, compiled(name, &sources)).expect("the bytecode can be written");
        format!("({name:?}, include_bytes!({file:?}))")
    });
    let modules = format!("&[{}]", modules.collect::<Vec<_>>().join(", "));
    fs::write(Path::new(&out).join("modules.rs"), modules).expect("the list of modules can be written");
    fs::write(Path::new(&out).join("texts.rs"), texts()).expect("the list of texts can be written");
}

/// The bytecode of a module; the others are there for what it imports.
fn compiled(name: &str, sources: &[(String, String)]) -> Vec<u8> {
    let runtime = Runtime::new().expect("the engine starts");
    let (mut resolver, mut loader) = (BuiltinResolver::default(), BuiltinLoader::default());
    for (name, source) in sources {
        resolver.add_module(name);
        loader.add_module(name, source.as_str());
    }
    runtime.set_loader(resolver, loader);
    let (_, source) = sources.iter().find(|(other, _)| other == name).expect("the module is one of them");
    // `import()` asks for the name of the module that it stands in.
    let strip_debug = !source.contains("import(");
    let options = WriteOptions { strip_source: true, strip_debug, ..WriteOptions::default() };
    Context::full(&runtime)
        .expect("the engine starts")
        .with(|ctx| Module::declare(ctx, name, source.as_str())?.write(options))
        .expect("the source is a module")
}

/// The files of `src/releases/data` as pairs of a name and a text: `("0.7.1", include_str!("…/0.7.1.json"))`.
fn texts() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src/releases/data");
    let pairs = files(&folder).into_iter().map(|(name, _)| {
        let path = folder.join(&name);
        format!("({:?}, include_str!({path:?}))", path.file_stem().unwrap_or_default())
    });
    format!("&[{}]", pairs.collect::<Vec<_>>().join(", "))
}

/// The names and texts of the files in a folder, by name; the build is made anew when they change.
fn files(folder: &Path) -> Vec<(String, String)> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let mut files: Vec<_> = entries
        .map(|entry| {
            let entry = entry.expect("the folder can be read");
            let text = fs::read_to_string(entry.path()).expect("the file can be read");
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    files
}
