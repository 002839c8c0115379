"""Reading real files in a temporary folder."""

import tokenize
from pathlib import Path

import pytest

from codeorigin.core.errors import SourceError
from codeorigin.text.generated import is_generated
from codeorigin.text.sources import is_minified, read_source


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ""),
        (b"\xef\xbb\xbfx = 1\r\n", "x = 1\r\n"),
        ("é\r🎉".encode(), "é\r🎉"),
        (b"x" * 8192 + b"\0", "x" * 8192 + "\0"),
    ],
    ids=["empty", "bom", "line-ends-kept", "late-nul"],
)
def test_source_is_read_unchanged_except_for_a_bom(tmp_path: Path, data: bytes, expected: str) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    assert read_source(path, 1_000_000) == expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"abc\0def", "is a binary file"),
        ("x = 1".encode("utf-16"), "is UTF-16; save it as UTF-8"),
        (b"x = '\xe9'", "is not UTF-8 (byte 5); save it as UTF-8"),
        (b"x" * 101, "is larger than 100 bytes"),
    ],
)
def test_unreadable_content_gives_a_clear_one_line_error(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read_source(path, max_bytes=100)
    assert str(caught.value) == f"{path}: {message}"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            "# -*- coding: latin-1 -*-\nx = 'é'\r\n".encode("latin-1"),
            "# -*- coding: latin-1 -*-\nx = 'é'\r\n",
        ),
        ("#!/bin/python\n# vim: set fileencoding=euc-jp :\nx = '日本'".encode("euc-jp"), None),
        ("# coding: koi8-r\nx = 'код'".encode("koi8-r"), None),
        ("# coding: utf-8-unix\nx = 'é'".encode(), None),
        (b"\xef\xbb\xbf# coding: latin-1\nx = '\xc3\xa9'", "# coding: latin-1\nx = 'é'"),
        ("x = 1\ny = 2\n# coding: latin-1\nz = 'é'".encode(), None),
        ("name = 'x'  # coding: latin-1\nz = 'é'".encode(), None),
    ],
    ids=["latin-1", "second-line", "koi8", "emacs", "bom-wins", "third-line", "not-a-comment-line"],
)
def test_declared_encoding_is_read_as_python_reads_it(
    tmp_path: Path, data: bytes, expected: str | None
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    if expected is None:
        with tokenize.open(path) as file:
            expected = file.read()
    assert read_source(path, 1_000_000, language="python") == expected


def test_encoding_declaration_counts_only_in_python(tmp_path: Path) -> None:
    data = "# coding: latin-1\nx = 'é'".encode("latin-1")
    for name in ("a.rb", "a.txt"):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SourceError, match="is not UTF-8"):
            read_source(tmp_path / name, 1_000_000)
    assert read_source(tmp_path / "a.txt", 1_000_000, language="python").endswith("'é'")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"# coding: klingon\n", "declares an unknown encoding: klingon; save it as UTF-8"),
        (b"# coding: rot13\n", "declares rot13, which source code cannot have; save it as UTF-8"),
        (b"# coding: utf-16\n", "declares utf-16, which source code cannot have; save it as UTF-8"),
        (
            b"# coding: punycode\n-" + b"a" * 9000,
            "declares punycode, which source code cannot have; save it as UTF-8",
        ),
        (
            b"# coding: idna\n.xn--" + b"b9k" * 200_000,
            "declares idna, which source code cannot have; save it as UTF-8",
        ),
        (
            b"# coding: unicode_escape\n",
            "declares unicode_escape, which source code cannot have; save it as UTF-8",
        ),
        (b"# coding: ascii\n\xe9", "is not ascii, which it declares (byte 16); save it as UTF-8"),
        (b"# coding: utf-8\n\xe9", "is not UTF-8 (byte 16); save it as UTF-8"),
    ],
    ids=[
        "unknown",
        "no-text-encoding",
        "no-superset-of-ascii",
        "slow",
        "domains",
        "escapes",
        "wrong",
        "wrong-utf-8",
    ],
)
def test_unusable_declaration_gives_a_clear_one_line_error(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read_source(path, 1_000_000, language="python")
    assert str(caught.value) == f"{path}: {message}"


def test_missing_files_and_folders_give_a_clear_error(tmp_path: Path) -> None:
    for path, message in (
        (tmp_path / "missing.py", "no such file"),
        (tmp_path, "is a folder"),
        (Path("a\0b.py"), r"(cannot be read|no such file)"),
        (tmp_path / ("x" * 5000), "cannot be read"),
    ):
        with pytest.raises(SourceError, match=rf"\A[^\n]*{message}[^\n]*\Z"):
            read_source(path, 1_000_000)


def test_minified_text_has_few_long_lines() -> None:
    packed = "function f(a,b){return a+b}" * 60
    assert is_minified(f"/*! licence */\n{packed}\n")
    assert not is_minified(packed[:500])
    assert not is_minified("function f(a, b) {\n  return a + b;\n}\n" * 200)
    assert not is_minified("x = 1  # a line of code of usual length\n" * 50 + f"data = '{packed}'\n")


GENERATORS = [
    "// Code generated by protoc-gen-go. DO NOT EDIT.",
    '// Code generated by "stringer -type=Shape"; DO NOT EDIT.',
    "// Code generated by MockGen. DO NOT EDIT.\n// Source: shape.go",
    "# -*- coding: utf-8 -*-\n# Generated by the protocol buffer compiler.  DO NOT EDIT!",
    "# Generated by the gRPC Python protocol compiler plugin. DO NOT EDIT!",
    "// Generated by the gRPC C++ plugin.\n// If you make any local change, they will be lost.",
    "/*\n * @generated SignedSource<<abc>>\n */",
    "//------\n// <auto-generated>\n//     This code was made by a tool.",
    "//------\n//     This code was generated by a tool.\n//     Runtime Version:4.0.30319.42000",
    "# This file is autogenerated by pip-compile",
    "/* automatically generated by rust-bindgen 0.69.1 */",
    "# Generated by Django 4.2 on 2023-01-01 00:00",
    "/* DO NOT EDIT THIS FILE - it is machine generated */\n#include <jni.h>",
    "/* Generated by Cython 3.0.11 */",
    "// Generated from Shapes.g4 by ANTLR 4.9.2\npackage shapes;",
    "/* A Bison parser, made by GNU Bison 3.8.2.  */\n\n/* Bison implementation for Yacc-like parsers in C",
    '# coding: utf-8\n\n"""\n    Shapes\n\n    Generated by OpenAPI Generator\n\n    Do not edit it manually.\n"""',
    "/* tslint:disable */\n/**\n * Shapes\n *\n * NOTE: This class is auto generated by OpenAPI Generator.\n */",
    "/* -----\n * This file was automatically generated by SWIG (https://www.swig.org).\n * Version 4.1.1\n */",
    "/**\n * Autogenerated by Thrift Compiler (0.16.0)\n *\n * DO NOT EDIT UNLESS YOU ARE SURE\n */",
    "// automatically generated by the FlatBuffers compiler, do not modify",
    "/*****\n** Meta object code from reading C++ file 'shape.h'\n**\n** WARNING! All changes will be lost!\n*****/",
    "/****\n** Form generated from reading UI file 'shape.ui'\n**\n** Created by: Qt User Interface Compiler\n****/",
    "# Form implementation generated from reading ui file 'shape.ui'",
    "// This file is generated by make/shapes.\n// Edit that instead.",
    "// GENERATED CODE - DO NOT MODIFY BY HAND",
    "// WARNING: this code was generated from a\n// schema and changes to it will be lost.",
    "<?php\n// This file is auto-generated, do not edit.",
]
PROSE = [
    "",
    'generated = "Code generated by x. DO NOT EDIT."',
    '"""Finds files that are auto-generated."""',
    "# Checks the links of auto-generated pages.",
    "# Reports the ids that were generated by the server.",
    "# Generated by an assistant and edited since.",
    "// Keys of rows are auto-generated by the store when they are saved.",
    "// Slugs are automatically generated from titles.",
    "// The list below is auto-generated.",
    "// Says whether the file was auto-generated, to leave it out.",
    "// Looks for @generated in the head of a file.",
    "// Reads what the linker generated; do not edit its cache by hand.",
    "/*\n * The code generated by the compiler is compared with ours.\n */",
    "// Documentation of this package is auto-generated from comments.",
    "// This file holds the generator of code.",
    "# Names are kept apart from the framework's auto-\n# generated by default ones.",
    "// Code generated by the templates is cached for a minute.",
    "// Do not edit a row's id: it is taken from the generated one.",
]


@pytest.mark.parametrize("head", GENERATORS)
def test_head_of_a_generator_is_recognized(head: str) -> None:
    assert is_generated(f"{head}\nint x;\n")
    assert is_generated(f"\ufeff{head}\r\nint x;\r\n".replace("\n", "\r\n").replace("\r\r", "\r"))
    assert is_generated(f"# A licence,\n# on two lines.\n\n{head}\nint x;\n")
    assert not is_generated(f"int x;\n{head}\n")


@pytest.mark.parametrize("head", PROSE)
def test_prose_about_something_generated_is_not(head: str) -> None:
    assert not is_generated(f"{head}\nx = 1\n")
