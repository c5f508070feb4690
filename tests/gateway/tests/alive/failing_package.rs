//! A copy of the package whose module fails where a test wants it to.
//!
//! The packaged module has no export for that, so the code of three handlers is replaced in the copy. Everything else is
//! what users install.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use harness::workspace;
use walrus::ir::{BinaryOp, MemoryGrow, Value};
use walrus::{InstrSeqBuilder, Module};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const MODULE: &str = "host/gateway.wasm";

/// A copy of the package whose three handlers fail.
pub fn failing_package(directory: &Path) -> PathBuf {
    let mut archive = ZipArchive::new(File::open(workspace::package().unwrap()).unwrap()).unwrap();
    let path = directory.join("failing.difypkg");
    let mut copy = ZipWriter::new(File::create(&path).unwrap());
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        if name == MODULE {
            content = failing_module(&content);
        }
        copy.start_file(name, SimpleFileOptions::default()).unwrap();
        copy.write_all(&content).unwrap();
    }
    copy.finish().unwrap();
    path
}

fn failing_module(wasm: &[u8]) -> Vec<u8> {
    let mut module = Module::from_buffer(wasm).unwrap();
    let memory = module.memories.iter().next().unwrap().id();
    replace(&mut module, "get_meta", |body| {
        body.unreachable();
    });
    replace(&mut module, "get_site", |body| {
        body.loop_(None, |again| {
            let start = again.id();
            again.br(start);
        });
    });
    replace(&mut module, "get_parameters", |body| {
        body.loop_(None, |again| {
            let start = again.id();
            again.const_(Value::I32(16)).instr(MemoryGrow { memory });
            again
                .const_(Value::I32(-1))
                .binop(BinaryOp::I32Ne)
                .br_if(start);
        });
        body.unreachable();
    });
    module.emit_wasm()
}

fn replace(module: &mut Module, handler: &str, body: impl FnOnce(&mut InstrSeqBuilder<'_>)) {
    let function = module.exports.get_func(handler).unwrap();
    module
        .replace_exported_func(function, |(builder, _)| body(builder))
        .unwrap();
}
