//! Which room imports which: no circle, and nothing that goes up. ARCHITECTURE.md shows the floors.
//!
//! A room is a module at the top of a crate, with everything below it. `cargo test -p xtask --test rooms -- --nocapture`
//! prints the imports between rooms.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails has failed its test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::Visit;
use syn::{Attribute, Item, ItemUse, UseTree};
use xtask::workspace::Workspace;

/// The rooms of `src/domain` from the ground up. A room imports from the floors below its own, and from its own floor.
const FLOORS: &[(&str, &[&str])] = &[
    (
        "ground",
        &[
            "claims",
            "documentation",
            "error",
            "issuer",
            "json",
            "limits",
            "request",
            "secret",
            "text",
            "time",
            "uuid",
        ],
    ),
    (
        "outside world and protocol",
        &["environment", "jose", "mcp", "oauth"],
    ),
    (
        "configuration",
        &["events", "operation", "settings", "single_flight"],
    ),
    (
        "the caller's request",
        &[
            "metrics", "openapi", "page", "response", "rewrite", "session", "token",
        ],
    ),
    ("provider and Dify", &["provider", "relay"]),
    ("top", &["gateway"]),
];

/// The crates whose modules must not import each other in circles.
const SOURCES: [&str; 4] = ["bench/src", "src/domain/src", "src/guest/src", "xtask/src"];

/// Which child of a directory imports which of its siblings.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_room_of_the_domain_imports_from_a_floor_above_its_own() {
    let imports = imports(&module_tree("src/domain/src"), &[]);
    for (room, targets) in &imports {
        println!("{room} (floor {}) imports {targets:?}", floor(room));
    }
    let listed: BTreeSet<_> = FLOORS
        .iter()
        .flat_map(|(_, rooms)| *rooms)
        .map(|room| (*room).to_owned())
        .collect();
    let rooms: BTreeSet<_> = imports.keys().cloned().collect();
    assert_eq!(rooms, listed, "the rooms of src/domain and those in FLOORS");
    for (room, targets) in &imports {
        for target in targets {
            assert!(
                floor(target) <= floor(room),
                "`{room}` on floor {} imports `{target}` from floor {}",
                floor(room),
                floor(target),
            );
        }
    }
}

/// At the top of a crate, and inside each room.
#[test]
fn no_modules_import_each_other_in_a_circle() {
    let mut circles = Vec::new();
    for source in SOURCES {
        let modules = module_tree(source);
        let directories: BTreeSet<_> = modules.iter().map(Module::parent).collect();
        for directory in directories {
            let circle = circle(&imports(&modules, directory));
            let place = directory.join("/");
            circles.extend(circle.map(|names| format!("{source}/{place}: {names:?}")));
        }
    }
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn a_circle_and_an_import_in_any_form_are_found() {
    let module = |path: &[&str], text: &str| {
        Module::read(path.iter().map(|name| (*name).to_owned()).collect(), text)
    };
    let modules = [
        module(&[], "mod a; mod b; mod c; mod d;"),
        module(
            &["a"],
            "use crate::{b::{self, X}, c}; #[cfg(test)] mod tests { use crate::d; }",
        ),
        module(&["b"], "fn f() { let _ = super::c::g(); }"),
        module(&["c", "inner"], "use super::super::d::Y; use super::own;"),
        module(&["d"], "struct Z(crate::b::X); #[cfg(test)] use crate::a;"),
    ];
    let imports = imports(&modules, &[]);
    let set = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let expected = [
        ("a", set(&["b", "c"])),
        ("b", set(&["c"])),
        ("c", set(&["d"])),
        ("d", set(&["b"])),
    ];
    assert_eq!(
        imports,
        expected
            .map(|(room, targets)| (room.to_owned(), targets))
            .into()
    );
    assert_eq!(circle(&imports), Some(set(&["b", "c", "d"])));
}

fn floor(room: &str) -> usize {
    FLOORS
        .iter()
        .position(|(_, rooms)| rooms.contains(&room))
        .unwrap_or(FLOORS.len())
}

/// A source file.
struct Module {
    /// Its path in the crate: empty for the root.
    path: Vec<String>,
    /// The paths in the crate that it names, outside tests.
    named: BTreeSet<Vec<String>>,
}

impl Module {
    fn read(path: Vec<String>, text: &str) -> Self {
        let mut names = Names {
            path: path.clone(),
            found: BTreeSet::new(),
        };
        names.visit_file(&syn::parse_file(text).unwrap());
        Self {
            path,
            named: names.found,
        }
    }

    fn parent(&self) -> &[String] {
        self.path.split_last().map_or(&[], |(_, parent)| parent)
    }
}

/// The modules of a crate without its tests.
fn module_tree(source: &str) -> Vec<Module> {
    let mut modules = Vec::new();
    collect(
        &Workspace::this().path(source),
        &mut Vec::new(),
        &mut modules,
    );
    assert!(modules.len() > 5, "{source} has no modules");
    modules
}

fn collect(directory: &Path, path: &mut Vec<String>, modules: &mut Vec<Module>) {
    for entry in fs::read_dir(directory).unwrap() {
        let file = entry.unwrap().path();
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        if stem == "tests" || stem == "main" || stem == "bin" {
            continue;
        }
        let is_root = stem == "mod" || stem == "lib";
        path.extend((!is_root).then_some(stem));
        if file.is_dir() {
            collect(&file, path, modules);
        } else if file.extension().is_some_and(|end| end == "rs") {
            modules.push(Module::read(
                path.clone(),
                &fs::read_to_string(&file).unwrap(),
            ));
        }
        if !is_root {
            path.pop();
        }
    }
}

/// The imports between the children of `directory`.
fn imports(modules: &[Module], directory: &[String]) -> Imports {
    let child = |path: &[String]| path.strip_prefix(directory)?.first().cloned();
    let children: BTreeSet<_> = modules
        .iter()
        .filter_map(|module| child(&module.path))
        .collect();
    let mut imports: Imports = children
        .iter()
        .map(|name| (name.clone(), BTreeSet::new()))
        .collect();
    for module in modules {
        let Some(from) = child(&module.path) else {
            continue;
        };
        let targets = module.named.iter().filter_map(|path| child(path));
        let targets = targets.filter(|target| *target != from && children.contains(target));
        imports.entry(from.clone()).or_default().extend(targets);
    }
    imports
}

/// Modules that reach themselves; nothing if there are none.
fn circle(imports: &Imports) -> Option<BTreeSet<String>> {
    let mut rest = imports.clone();
    loop {
        // A module that imports none of the rest, or that none of the rest imports, is not part of a circle.
        let imported: BTreeSet<_> = rest.values().flatten().cloned().collect();
        let Some(name) = rest
            .iter()
            .find(|(name, targets)| targets.is_empty() || !imported.contains(*name))
            .map(|(name, _)| name.clone())
        else {
            let names: BTreeSet<_> = rest.into_keys().collect();
            return (!names.is_empty()).then_some(names);
        };
        rest.remove(&name);
        for targets in rest.values_mut() {
            targets.remove(&name);
        }
    }
}

/// Collects the paths that start with `crate` or `super`.
struct Names {
    path: Vec<String>,
    found: BTreeSet<Vec<String>>,
}

impl Names {
    fn add(&mut self, names: &[String]) {
        let Some((first, rest)) = names.split_first() else {
            return;
        };
        let supers = names.iter().take_while(|name| *name == "super").count();
        if first == "crate" {
            self.found.insert(rest.to_vec());
        } else if supers > 0 {
            let above = self.path.len().saturating_sub(supers);
            let base = self.path.iter().take(above).cloned();
            self.found
                .insert(base.chain(names.iter().skip(supers).cloned()).collect());
        }
    }

    fn add_tree(&mut self, prefix: &[String], tree: &UseTree) {
        let with = |name: String| [prefix, &[name]].concat();
        match tree {
            UseTree::Path(path) => self.add_tree(&with(path.ident.to_string()), &path.tree),
            UseTree::Group(group) => group
                .items
                .iter()
                .for_each(|tree| self.add_tree(prefix, tree)),
            UseTree::Name(name) => self.add(&with(name.ident.to_string())),
            UseTree::Rename(rename) => self.add(&with(rename.ident.to_string())),
            UseTree::Glob(_) => self.add(prefix),
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes: &[Attribute] = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => &[],
        };
        if !attributes.iter().any(is_for_tests) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<_> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        self.add(&names);
        syn::visit::visit_path(self, path);
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    let condition = attribute
        .path()
        .is_ident("cfg")
        .then(|| attribute.parse_args::<syn::Path>());
    condition.is_some_and(|condition| condition.is_ok_and(|path| path.is_ident("test")))
}
