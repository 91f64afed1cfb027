// bin/NAME of the bundle: chooses between the machine's libraries and the carried ones, and becomes
// libexec/NAME.
//
// Some libraries in the bundle also exist on the machine: the C++ runtime, OpenMP, OpenSSL's libcrypto and
// zlib. Other libraries of the machine that are loaded into the same process may need newer versions of
// these. The machine's version is therefore used if it has everything that the bundle needs, which
// lib/compat/NEEDS lists in lines of "LIBRARY SYMBOL VERSION". Otherwise the folder of the carried version,
// lib/compat/LIBRARY, is added to LD_LIBRARY_PATH. Elements of this variable that mean the working directory
// are removed. exec keeps the arguments, the process and the signals. The launcher needs only libc.
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

namespace {

constexpr int kFault = 1;

[[noreturn]] void fail(const char* what, const char* path) {
  fprintf(stderr, "error: %s: %s: %m\n", what, path);
  exit(kFault);
}

/// Returns formatted text. The memory of the text is never freed.
char* make_text(const char* format, const char* a, const char* b, const char* c) {
  char* text = nullptr;
  if (asprintf(&text, format, a, b, c) < 0) fail("out of memory", a);
  return text;
}

/// Returns the bundle's folder, which is two levels above this program's file. `name` receives the name of
/// this file.
const char* find_bundle(const char** name) {
  char* path = realpath("/proc/self/exe", nullptr);
  if (!path) fail("cannot tell where this program is", "/proc/self/exe");
  char* slash = strrchr(path, '/');
  *slash = '\0';
  *name = slash + 1;
  slash = strrchr(path, '/');
  if (slash) *slash = '\0';  // bin
  return path;
}

bool has_symbol(const char* library, const char* symbol, const char* version) {
  void* handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
  return handle && dlvsym(handle, symbol, version);
}

void set_loader_path(const char* path) {
  if (!path[0]) {
    unsetenv("LD_LIBRARY_PATH");
  } else if (setenv("LD_LIBRARY_PATH", path, 1) != 0) {
    fail("cannot set LD_LIBRARY_PATH", path);
  }
}

/// Returns the absolute elements of LD_LIBRARY_PATH. All other elements refer to the working directory. The
/// loader read the variable when this process started. If elements must be removed, the process therefore
/// starts itself again before it loads anything.
const char* absolute_elements(char** argv) {
  const char* variable = getenv("LD_LIBRARY_PATH");
  if (!variable || !variable[0]) return "";
  char* rest = strdup(variable);
  if (!rest) fail("out of memory", variable);
  bool all = true;
  const char* kept = "";
  for (char* element = strsep(&rest, ":;"); element; element = strsep(&rest, ":;")) {
    if (element[0] == '/') {
      kept = make_text("%s%s%s", kept, kept[0] ? ":" : "", element);
    } else {
      all = false;
    }
  }
  if (!all) {
    set_loader_path(kept);
    execv("/proc/self/exe", argv);
    fail("cannot start again", argv[0]);
  }
  return kept;
}

/// Returns the folders of the carried libraries that the machine does not have or has only in a version that
/// is too old. Returns "" if there are none.
const char* carried_folders(const char* bundle) {
  const char* folders = "";
  const char* list = make_text("%s%s%s", bundle, "/lib/compat/NEEDS", "");
  FILE* file = fopen(list, "re");
  if (!file) fail("cannot read", list);
  char line[1024], library[256], symbol[512], version[128], chosen[256] = "";
  while (fgets(line, sizeof line, file)) {
    if (sscanf(line, "%255s %511s %127s", library, symbol, version) != 3) continue;
    if (strcmp(library, chosen) == 0 || has_symbol(library, symbol, version)) continue;
    strcpy(chosen, library);  // the lines of one library are adjacent
    const char* folder = make_text("%s/lib/compat/%s%s", bundle, library, "");
    folders = make_text("%s%s%s", folders, folders[0] ? ":" : "", folder);
  }
  fclose(file);
  if (folders[0] && strpbrk(bundle, ":;$")) {
    fprintf(stderr,
            "error: %s: found ':', ';' or '$' in the name of this folder, expected none: the loader cannot "
            "be told "
            "of libraries in it that this machine lacks; move it\n",
            bundle);
    exit(kFault);
  }
  return folders;
}

}  // namespace

int main(int, char** argv) {
  const char* machine = absolute_elements(argv);
  const char* name = nullptr;
  const char* bundle = find_bundle(&name);
  const char* carried = carried_folders(bundle);
  set_loader_path(make_text("%s%s%s", carried, carried[0] && machine[0] ? ":" : "", machine));
  const char* program = make_text("%s/libexec/%s%s", bundle, name, "");
  execv(program, argv);
  fail("cannot start", program);
}
