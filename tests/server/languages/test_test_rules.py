"""Which paths, names and attributes make a function test code."""

import pytest

from codeorigin.functions.finding import find_functions
from codeorigin.languages import get_language


@pytest.mark.parametrize(
    ("language", "path"),
    [
        ("python", "tests/helpers.py"),
        ("python", "C:\\project\\tests\\a.py"),
        ("python", "pkg/test_a.py"),
        ("python", "pkg/a_test.py"),
        ("python", "conftest.py"),
        ("javascript", "src/__tests__/a.js"),
        ("javascript", "src/a.test.js"),
        ("typescript", "src/a.spec.ts"),
        ("tsx", "src/a.test.tsx"),
        ("java", "src/test/java/org/a/Helper.java"),
        ("java", "src/ShapeTest.java"),
        ("go", "pkg/a_test.go"),
        ("c", "src/test_a.c"),
        ("cpp", "src/a_unittest.cc"),
        ("cpp", "src/ShapeTest.cpp"),
        ("csharp", "Example.Tests/Helper.cs"),
        ("csharp", "src/ShapeTests.cs"),
        ("rust", "tests/common.rs"),
        ("php", "src/ShapeTest.php"),
        ("ruby", "spec/models/a.rb"),
        ("ruby", "lib/a_spec.rb"),
    ],
)
def test_paths_of_tests_are_recognized(language: str, path: str) -> None:
    assert get_language(language).tests.holds_for_path(path)


@pytest.mark.parametrize(
    ("language", "path"),
    [
        ("python", "src/contest.py"),
        ("python", "src/latest/a.py"),
        ("python", "tests.d/testing_tools/a.py"),
        ("python", ""),
        ("javascript", "src/test-utils/attest.js"),
        ("java", "src/Contest.java"),
        ("go", "pkg/latest.go"),
        ("go", "pkg/test.go"),
        ("cpp", "src/Latest.cpp"),
        ("csharp", "src/Contests/Latest.cs"),
        ("rust", "src/attests.rs"),
        ("ruby", "lib/inspector.rb"),
    ],
)
def test_other_paths_are_not_tests(language: str, path: str) -> None:
    assert not get_language(language).tests.holds_for_path(path)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("python", "def test_a(): pass", True),
        ("python", "def testing(): pass", False),
        ("python", "@pytest.fixture\ndef a(): pass", True),
        ("python", "@app.route('/test')\ndef a(): pass", False),
        ("go", "func FuzzA(f *testing.F) {}", True),
        ("go", "func Testify() {}", False),
        ("rust", "#[cfg(test)]\nfn a() {}", True),
        ("rust", "#[cfg(test)] mod t { fn a() {} }", True),
        ("rust", '#[cfg(all(feature = "x", test))] mod t { fn a() {} }', True),
        ("rust", "#[cfg(not(test))] mod t { fn a() {} }", False),
        ("rust", '#[cfg(feature = "test")] mod t { fn a() {} }', False),
        ("rust", "#[rstest]\nfn a() {}", True),
        ("rust", "#[bench]\nfn a() {}", True),
        ("java", "class A { @Test(timeout = 1) void a() {} }", True),
        ("java", "class A { @Override void test() {} }", False),
        ("csharp", "class A { [Xunit.Fact] void B() {} }", True),
        ("csharp", 'class A { [Category("x"), TestCase(1)] void B() {} }', True),
        ("csharp", "class A { [Tested] void B() {} }", False),
        ("php", "<?php class A { #[Test] function a() {} }", True),
        ("php", "<?php class A { function testA() {} }", True),
        ("php", "<?php class A { #[Testing] function a() {} }", False),
        ("ruby", "def test_a; end", True),
        ("c", "static void test_a(void) {}", True),
        ("cpp", "TYPED_TEST_P(A, B) {}", True),
        ("cpp", "void latest() {}", False),
    ],
)
def test_names_and_attributes_mark_tests(language: str, text: str, *, expected: bool) -> None:
    (span,) = find_functions(text, get_language(language))
    assert span.is_test is expected
