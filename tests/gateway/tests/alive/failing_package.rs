//! A copy of the package whose module fails where a test wants it to.
//!
//! The packaged module has no export for that, so the code of three handlers is replaced in the copy, and a guard stands
//! before what reads Dify's stream for an MCP client. Everything else is what users install.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use harness::workspace;
use walrus::ir::{BinaryOp, MemoryGrow, Value};
use walrus::{ExportItem, FunctionBuilder, InstrSeqBuilder, Module};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const MODULE: &str = "host/gateway.wasm";

/// Bytes. A larger piece of Dify's stream makes the module trap where an MCP call reads it.
pub const LARGEST_PIECE: u16 = 8000;

/// A copy of the package whose three handlers fail, and whose MCP calls do on a large piece.
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
    trap_on_a_large_piece(&mut module);
    module.emit_wasm()
}

/// Its parameters are the call, and the piece as pointer and length.
fn trap_on_a_large_piece(module: &mut Module) {
    const NAME: &str = "translation_piece";
    let real = module.exports.get_func(NAME).unwrap();
    let (parameters, results) = module.types.params_results(module.funcs.get(real).ty());
    let (parameters, results) = (parameters.to_vec(), results.to_vec());
    let arguments: Vec<_> = parameters
        .iter()
        .map(|kind| module.locals.add(*kind))
        .collect();
    let mut guard = FunctionBuilder::new(&mut module.types, &parameters, &results);
    let mut body = guard.func_body();
    body.local_get(arguments[2])
        .i32_const(LARGEST_PIECE.into())
        .binop(BinaryOp::I32GtU)
        .if_else(
            None,
            |is_large| {
                is_large.unreachable();
            },
            |_| {},
        );
    for argument in &arguments {
        body.local_get(*argument);
    }
    body.call(real);
    let guard = guard.finish(arguments, &mut module.funcs);
    let mut exports = module.exports.iter_mut();
    let export = exports.find(|export| export.name == NAME).unwrap();
    export.item = ExportItem::Function(guard);
}

fn replace(module: &mut Module, handler: &str, body: impl FnOnce(&mut InstrSeqBuilder<'_>)) {
    let function = module.exports.get_func(handler).unwrap();
    module
        .replace_exported_func(function, |(builder, _)| body(builder))
        .unwrap();
}
