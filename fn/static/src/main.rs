//! Runs the program of `fn/llsd.ts`, compiled to bytecode, in QuickJS. What the program asks of the system is `host`,
//! whose functions `system.ts` beside this crate types; there is no logic of `llsd` here.

use nix::errno::Errno;
use rquickjs::convert::List;
use rquickjs::loader::bundle::{Bundle, ScaBundleData};
use rquickjs::{CatchResultExt, Context, Ctx, Error, Function, Module, Object, Result, Runtime, Value};
use sha2::{Digest, Sha256};
use std::io::{self, IsTerminal, Read, Write};
use std::mem::ManuallyDrop;
use std::process::{ExitCode, exit};
use std::{env, fs, thread};

/// The bytecode of each module of the program, by its name; a run reads those that it imports.
const MODULES: ScaBundleData<&'static [u8]> = include!(concat!(env!("OUT_DIR"), "/modules.rs"));

/// The module that runs the program.
const PROGRAM: &str = "llsd.js";

/// What the program knows of the server's releases, each text by its name.
const TEXTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// The exit code where the program itself fails.
const FAULT: u8 = 2;

/// What deeply nested input needs, in bytes: as deep as the Node program goes, and a half more.
const STACK: usize = 64 << 20;

/// What a run on one CR needs, in bytes: had from the system at once, since page by page takes longer than most of the run.
#[cfg(target_env = "gnu")]
const HEAP: usize = 4 << 20;

/// The size of a huge page of x86-64 and of most arm64 systems, in bytes: two are there sooner than a thousand small ones.
#[cfg(target_env = "gnu")]
const HUGE_PAGE: usize = 2 << 20;

/// Up to this size, in bytes, nothing is looked through for cycles of objects: a run on few CRs ends before.
const COLLECT_FROM: usize = 16 << 20;

fn main() -> ExitCode {
    prepare_heap();
    let program = thread::Builder::new().stack_size(STACK).spawn(|| exit(run()));
    program.ok().and_then(|thread| thread.join().ok()).unwrap_or(ExitCode::from(FAULT))
}

/// One heap for all threads, which grows by large steps and keeps what it had: else it is a call of the system for each page.
#[cfg(target_env = "gnu")]
fn prepare_heap() {
    // SAFETY: no other thread runs yet; the block is used by nobody, and freeing it leaves its pages with the heap. What is
    // before it stays taken, and empty. Where the system has no huge pages, or cannot populate any (before Linux 5.14), it
    // gives small ones, or later, one by one.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_MMAP_THRESHOLD, 2 * HEAP as i32);
        libc::mallopt(libc::M_TRIM_THRESHOLD, i32::MAX);
        libc::mallopt(libc::M_TOP_PAD, 1 << 20);
        let end = libc::sbrk(0) as usize;
        libc::malloc(end.next_multiple_of(HUGE_PAGE) - end);
        let block = libc::malloc(HEAP + HUGE_PAGE);
        let first = (block as usize).next_multiple_of(HUGE_PAGE) as *mut libc::c_void;
        libc::madvise(first, HEAP, libc::MADV_HUGEPAGE);
        libc::madvise(first, HEAP, libc::MADV_POPULATE_WRITE);
        libc::free(block);
    }
}

#[cfg(not(target_env = "gnu"))]
fn prepare_heap() {}

/// Runs the program to its end; the exit code that it set. What the engine holds is the system's to free, all at once.
fn run() -> i32 {
    let Ok(runtime) = Runtime::new().map(ManuallyDrop::new) else { return FAULT.into() };
    runtime.set_gc_threshold(COLLECT_FROM);
    runtime.set_max_stack_size(STACK - (1 << 20));
    runtime.set_loader(Bundle(MODULES), Bundle(MODULES));
    let Ok(context) = Context::full(&runtime).map(ManuallyDrop::new) else { return FAULT.into() };
    let started = context.with(|ctx| start(&ctx).catch(&ctx).map_err(|error| error.to_string()));
    while runtime.is_job_pending() {
        if runtime.execute_pending_job().is_err() {
            return FAULT.into();
        }
    }
    if let Err(error) = started {
        eprintln!("llsd: this is a fault of llsd itself: {error}");
        return FAULT.into();
    }
    context.with(|ctx| ctx.globals().get("exitCode").unwrap_or(FAULT.into()))
}

fn start(ctx: &Ctx) -> Result<()> {
    let host = Object::new(ctx.clone())?;
    host.set("args", env::args().skip(1).collect::<Vec<_>>())?;
    host.set("environment", Function::new(ctx.clone(), |name: String| env::var(name).ok())?)?;
    host.set("isTerminal", Function::new(ctx.clone(), is_terminal)?)?;
    host.set("readStdin", Function::new(ctx.clone(), read_stdin)?)?;
    host.set("readFile", Function::new(ctx.clone(), read_file)?)?;
    host.set("isFolder", Function::new(ctx.clone(), is_folder)?)?;
    host.set("isFile", Function::new(ctx.clone(), is_file)?)?;
    host.set("entries", Function::new(ctx.clone(), entries)?)?;
    host.set("writeFile", Function::new(ctx.clone(), write_file)?)?;
    host.set("write", Function::new(ctx.clone(), write)?)?;
    host.set("text", Function::new(ctx.clone(), text)?)?;
    host.set("sha256hex", Function::new(ctx.clone(), |text: String| hex(&Sha256::digest(text)))?)?;
    ctx.globals().set("host", host)?;
    Module::import(ctx, PROGRAM)?;
    Ok(())
}

fn text(name: String) -> Option<&'static str> {
    TEXTS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

fn is_terminal(descriptor: u8) -> bool {
    match descriptor {
        0 => io::stdin().is_terminal(),
        1 => io::stdout().is_terminal(),
        _ => io::stderr().is_terminal(),
    }
}

fn read_stdin(ctx: Ctx) -> Result<Value> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| refused(&ctx, "read", &error))?;
    text_of(ctx, bytes)
}

fn read_file(ctx: Ctx, path: String) -> Result<Value> {
    let bytes = fs::read(path).map_err(|error| refused(&ctx, "open", &error))?;
    text_of(ctx, bytes)
}

/// The text of the bytes, or the offset of the first one that is no longer UTF-8.
fn text_of(ctx: Ctx, bytes: Vec<u8>) -> Result<Value> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(rquickjs::String::from_str(ctx, &text)?.into_value()),
        Err(error) => Ok(Value::new_number(ctx, error.utf8_error().valid_up_to() as f64)),
    }
}

fn is_folder(ctx: Ctx, path: String) -> Result<bool> {
    fs::metadata(path).map(|found| found.is_dir()).map_err(|error| refused(&ctx, "stat", &error))
}

fn is_file(ctx: Ctx, path: String) -> Result<bool> {
    fs::metadata(path).map(|found| found.is_file()).map_err(|error| refused(&ctx, "stat", &error))
}

/// The names in a folder, and whether each is a folder itself; a link is none.
fn entries(ctx: Ctx, path: String) -> Result<Vec<List<(String, bool)>>> {
    let list = || -> io::Result<Vec<List<(String, bool)>>> {
        fs::read_dir(path)?
            .map(|entry| {
                let entry = entry?;
                Ok(List((entry.file_name().to_string_lossy().into_owned(), entry.file_type()?.is_dir())))
            })
            .collect()
    };
    list().map_err(|error| refused(&ctx, "scandir", &error))
}

/// Writes all of a text. A reader that has gone away is no fault: the rest is dropped.
fn write(ctx: Ctx, descriptor: u8, text: String) -> Result<()> {
    let written = match descriptor {
        1 => io::stdout().lock().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()),
        _ => io::stderr().lock().write_all(text.as_bytes()),
    };
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(refused(&ctx, "write", &error)),
        _ => Ok(()),
    }
}

fn write_file(ctx: Ctx, path: String, text: String) -> Result<()> {
    fs::write(path, text).map_err(|error| refused(&ctx, "open", &error))
}

/// An Error as Node has it: `code` is the system's name of it, such as `ENOENT`, `syscall` what was asked.
fn refused(ctx: &Ctx, syscall: &str, error: &io::Error) -> Error {
    let thrown = || -> Result<Value> {
        let constructor: rquickjs::function::Constructor = ctx.globals().get("Error")?;
        let value: Object = constructor.construct((error.to_string(),))?;
        value.set("code", format!("{:?}", Errno::from_raw(error.raw_os_error().unwrap_or_default())))?;
        value.set("syscall", syscall)?;
        Ok(value.into_value())
    };
    match thrown() {
        Ok(value) => ctx.throw(value),
        Err(error) => error,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
