//! Every key of the configuration is read by code that decides something.
//!
//! The schema's keys are followed through the fields of the Rust types, found by parsing the
//! sources: each key is a field of a struct of one crate. A key counts as read when code of the
//! owning crate takes that field out of a value (`x.field`, not assigned to) or binds it in a
//! pattern, or when a crate that it is handed to takes it out of the field above it
//! (`momentum.min_move_pct`). `config` owns files and decides nothing: its keys must be taken out
//! by a crate that it hands them to. Not counted are tests, defaults and the checks of a file's own
//! sense (`problems`, `contradictions`, `ceilings`), which read even what nothing else does.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]
#![allow(clippy::wildcard_enum_match_arm, reason = "syntax has many kinds, few are of interest")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Fields, GenericArgument, Item, PathArguments, Type};

/// Who may be the reader of a crate's parameters, besides itself.
const HANDED_TO: [&str; 3] = ["engine", "execution", "runner"];

/// Sources that check a file's own sense, or say what is shipped.
const NOT_READING: [&str; 4] = ["problems.rs", "ceilings.rs", "defaults.rs", "keys.rs"];
const NOT_READING_FN: [&str; 2] = ["problems", "contradictions"];

/// What is written for people, and demanded by a check, but decides nothing.
const FOR_PEOPLE: [&str; 3] =
    ["universe.yaml.events.kind", "universe.yaml.events.sources", "universe.yaml.flags.reason"];

/// A key of the files.
#[derive(Debug, Clone)]
struct Key {
    path: String,
    /// The crate whose struct has it.
    owner: String,
    /// The field above it.
    parent: String,
    field: String,
}

#[derive(Debug, Clone)]
struct Field {
    rust: String,
    /// The struct that a value of this field is, or that its list or option holds.
    inner: Option<(String, String)>,
}

/// Fields by struct `(crate, name)`, then by key.
type Structs = BTreeMap<(String, String), BTreeMap<String, Field>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(package: &str) -> Vec<PathBuf> {
    let place = ["crates", "bins"].map(|up| root().join(up).join(package).join("src"));
    let mut todo: Vec<_> = place.into_iter().filter(|path| path.is_dir()).collect();
    assert!(!todo.is_empty(), "no sources of {package}");
    let mut found = Vec::new();
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

fn parsed(path: &Path) -> syn::File {
    let text = fs::read_to_string(path).unwrap();
    syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn says(attributes: &[Attribute], word: &str) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.tokens.to_string().contains(word),
        syn::Meta::Path(_) | syn::Meta::NameValue(_) => false,
    })
}

/// The key of a field: its own name, or what serde renames it to.
fn key(field: &syn::Field) -> String {
    for attribute in field.attrs.iter().filter(|a| a.path().is_ident("serde")) {
        let syn::Meta::List(list) = &attribute.meta else { continue };
        let text = list.tokens.to_string();
        if let Some(name) = text.strip_prefix("rename = \"") {
            return name.trim_end_matches('"').to_owned();
        }
    }
    field.ident.as_ref().unwrap().to_string()
}

/// The struct that a type is or holds: the innermost argument, or the name itself.
fn held(ty: &Type, package: &str, names: &BTreeSet<(String, String)>) -> Option<(String, String)> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let name = last.ident.to_string();
    let first = path.path.segments.first()?.ident.to_string();
    for owner in [first.as_str(), package, "domain"] {
        let known = (owner.to_owned(), name.clone());
        if names.contains(&known) {
            return Some(known);
        }
    }
    // Imported by name: there may be only one of it.
    let mut imported = names.iter().filter(|(_, known)| *known == name);
    if let (Some(one), None) = (imported.next(), imported.next()) {
        return Some(one.clone());
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().rev().find_map(|argument| match argument {
        GenericArgument::Type(inner) => held(inner, package, names),
        _ => None,
    })
}

fn structs(packages: &[&str]) -> Structs {
    let mut items = Vec::new();
    for package in packages {
        for path in sources(package) {
            for item in parsed(&path).items {
                if let Item::Struct(item) = item
                    && says(&item.attrs, "JsonSchema")
                {
                    items.push(((*package).to_owned(), item));
                }
            }
        }
    }
    let name =
        |(package, item): &(String, syn::ItemStruct)| (package.clone(), item.ident.to_string());
    let names: BTreeSet<_> = items.iter().map(name).collect();
    let mut found = Structs::new();
    for item in &items {
        let Fields::Named(fields) = &item.1.fields else { continue };
        let fields = fields.named.iter().map(|field| {
            let rust = field.ident.as_ref().unwrap().to_string();
            (key(field), Field { rust, inner: held(&field.ty, &item.0, &names) })
        });
        found.insert(name(item), fields.collect());
    }
    found
}

/// Follows the keys of a schema through the structs.
fn follow(
    schema: &Value,
    (path, parent): (&str, &str),
    at: &(String, String),
    structs: &Structs,
    found: &mut Vec<Key>,
) {
    for (key, inner) in schema["properties"].as_object().unwrap() {
        let path = format!("{path}.{key}");
        let fields = structs.get(at).unwrap_or_else(|| panic!("{path}: no struct {at:?}"));
        let field = fields.get(key).unwrap_or_else(|| panic!("{path}: {at:?} has no such field"));
        found.push(Key {
            path: path.clone(),
            owner: at.0.clone(),
            parent: parent.to_owned(),
            field: field.rust.clone(),
        });
        for inner in [inner, &inner["items"]] {
            if inner["properties"].is_object() {
                let next = field.inner.as_ref();
                let next = next.unwrap_or_else(|| panic!("{path}: of which struct?"));
                follow(inner, (&path, &field.rust), next, structs, found);
            }
        }
    }
}

/// The fields that code takes out of values, and each with the field it is taken out of.
#[derive(Default)]
struct Reads(BTreeSet<String>, BTreeSet<(String, String)>);

impl<'ast> Visit<'ast> for Reads {
    fn visit_expr_field(&mut self, read: &'ast syn::ExprField) {
        if let syn::Member::Named(name) = &read.member {
            self.0.insert(name.to_string());
            if let Expr::Field(syn::ExprField { member: syn::Member::Named(up), .. }) = &*read.base
            {
                self.1.insert((up.to_string(), name.to_string()));
            }
        }
        visit::visit_expr_field(self, read);
    }

    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
        // What is assigned to is not read; what it is reached through is.
        match &*assign.left {
            Expr::Field(field) => self.visit_expr(&field.base),
            other => self.visit_expr(other),
        }
        self.visit_expr(&assign.right);
    }

    fn visit_field_pat(&mut self, pattern: &'ast syn::FieldPat) {
        let ignored = matches!(&*pattern.pat, syn::Pat::Wild(_));
        if let (syn::Member::Named(name), false) = (&pattern.member, ignored) {
            self.0.insert(name.to_string());
        }
        visit::visit_field_pat(self, pattern);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let arguments = Punctuated::<Expr, syn::Token![,]>::parse_terminated;
        if let Ok(arguments) = arguments.parse2(call.tokens.clone()) {
            arguments.iter().for_each(|argument| Self::visit_expr_owned(self, argument));
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !says(&item.attrs, "test") {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let default = item.trait_.as_ref().is_some_and(|(path, _)| path.is_ident("Default"));
        if !default {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !NOT_READING_FN.contains(&item.sig.ident.to_string().as_str()) {
            visit::visit_impl_item_fn(self, item);
        }
    }
}

impl Reads {
    /// Expressions inside a macro live no longer than the visit.
    fn visit_expr_owned(&mut self, expr: &Expr) {
        let mut inner = Self::default();
        inner.visit_expr(expr);
        self.0.append(&mut inner.0);
        self.1.append(&mut inner.1);
    }

    fn of(package: &str) -> Self {
        let mut reads = Self::default();
        for path in sources(package) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if !NOT_READING.contains(&name.as_str()) {
                reads.visit_file(&parsed(&path));
            }
        }
        reads
    }
}

/// Every key of the four files.
fn keys() -> Vec<Key> {
    let owners =
        ["config", "domain", "regime", "universe", "triggers", "rules", "risk", "execution"];
    let structs = structs(&owners);
    let roots =
        [("config", "App"), ("risk", "Policy"), ("universe", "Policy"), ("config", "Strategy")];
    let mut found = Vec::new();
    for ((file, schema), (package, name)) in
        config::FILES.into_iter().zip(config::schemas()).zip(roots)
    {
        let at = (package.to_owned(), name.to_owned());
        follow(&schema, (file, ""), &at, &structs, &mut found);
    }
    found
}

/// Keys whose field nobody takes out.
fn unread(keys: &[Key]) -> Vec<String> {
    let packages: BTreeSet<_> =
        keys.iter().map(|key| key.owner.as_str()).chain(HANDED_TO).collect();
    let reads: BTreeMap<_, _> =
        packages.into_iter().map(|package| (package, Reads::of(package))).collect();
    let read = |key: &Key| {
        let own = key.owner != "config" && reads[key.owner.as_str()].0.contains(&key.field);
        let above = (key.parent.clone(), key.field.clone());
        let handed = HANDED_TO.into_iter().map(|package| &reads[package]).any(|reads| {
            reads.1.contains(&above) || (key.owner == "config" && reads.0.contains(&key.field))
        });
        // A section is read where something is taken out of it.
        let section = HANDED_TO.into_iter().flat_map(|package| &reads[package].1);
        own || handed || section.clone().any(|(above, _)| *above == key.field)
    };
    keys.iter().filter(|key| !read(key)).map(|key| key.path.clone()).collect()
}

#[test]
fn every_key_has_a_reader() {
    let keys = keys();
    assert!(keys.len() > 150, "{}", keys.len());
    assert_eq!(unread(&keys), FOR_PEOPLE, "left: what no code reads");
}

#[test]
fn a_key_without_a_reader_is_found() {
    let fake = |path: &str, owner: &str, field: &str| Key {
        path: path.to_owned(),
        owner: owner.to_owned(),
        parent: "caps".to_owned(),
        field: field.to_owned(),
    };
    let fakes = [
        fake("nobody knows it", "risk", "fake_pct"),
        fake("the owner does not, others have one of this name", "universe", "reason"),
        fake("it is read", "risk", "max_total_pct"),
    ];
    assert_eq!(unread(&fakes), [fakes[0].path.as_str(), fakes[1].path.as_str()]);
    let code = "impl P { fn problems(&self) { self.a } fn f(&mut self) { self.b = self.c; } } \
                impl Default for P { fn default() -> P { P { d: q.d } } } \
                fn g(p: P) { let P { e, f: _, .. } = p; format!(\"{}\", p.h) }";
    let mut reads = Reads::default();
    reads.visit_file(&syn::parse_file(code).unwrap());
    assert_eq!(reads.0.into_iter().collect::<Vec<_>>(), ["c", "e", "h"]);
}
