/*
 * interpose_elf.c: the slots of a library that the dynamic linker has loaded, and how they are written.
 */
#define _GNU_SOURCE
#include "interpose.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__x86_64__)
enum { JUMP_SLOT = R_X86_64_JUMP_SLOT, GLOB_DAT = R_X86_64_GLOB_DAT };
#elif defined(__aarch64__)
enum { JUMP_SLOT = R_AARCH64_JUMP_SLOT, GLOB_DAT = R_AARCH64_GLOB_DAT };
#else
#error "which relocations are slots?"
#endif

/* ---- one library ---- */

struct table {
  const Elf64_Rela *first;
  size_t count;
};

/* What the dynamic linker knows of it. */
struct image {
  uintptr_t base, end;
  uintptr_t sealed, sealed_end; /* read-only after the loading */
  const Elf64_Sym *symbols;
  const char *strings;
  struct table tables[2];
};

/* glibc has made addresses of what other linkers leave as offsets. */
static void *address_of(const struct dl_phdr_info *info, Elf64_Addr value) {
  return (void *)(value < info->dlpi_addr ? info->dlpi_addr + value : value);
}

static void read_dynamic(struct image *image, const struct dl_phdr_info *info, const Elf64_Dyn *dynamic) {
  for (; dynamic->d_tag != DT_NULL; dynamic++) {
    Elf64_Xword value = dynamic->d_un.d_val;
    switch (dynamic->d_tag) {
    case DT_SYMTAB:
      image->symbols = address_of(info, value);
      break;
    case DT_STRTAB:
      image->strings = address_of(info, value);
      break;
    case DT_JMPREL:
      image->tables[0].first = address_of(info, value);
      break;
    case DT_PLTRELSZ:
      image->tables[0].count = value / sizeof(Elf64_Rela);
      break;
    case DT_RELA:
      image->tables[1].first = address_of(info, value);
      break;
    case DT_RELASZ:
      image->tables[1].count = value / sizeof(Elf64_Rela);
      break;
    default:
      break;
    }
  }
}

static uintptr_t page_of(uintptr_t address) {
  return address & ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1);
}

static bool read_image(struct image *image, const struct dl_phdr_info *info) {
  *image = (struct image){.base = UINTPTR_MAX};
  const Elf64_Dyn *dynamic = NULL;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const Elf64_Phdr *header = &info->dlpi_phdr[i];
    uintptr_t from = info->dlpi_addr + header->p_vaddr, to = from + header->p_memsz;
    if (header->p_type == PT_LOAD) {
      image->base = from < image->base ? from : image->base;
      image->end = to > image->end ? to : image->end;
    } else if (header->p_type == PT_GNU_RELRO) { /* the linker seals whole pages: what is left at the end stays open */
      image->sealed = page_of(from);
      image->sealed_end = page_of(to);
    } else if (header->p_type == PT_DYNAMIC) {
      dynamic = (const Elf64_Dyn *)from;
    }
  }
  if (dynamic != NULL)
    read_dynamic(image, info, dynamic);
  return image->symbols != NULL && image->strings != NULL;
}

/* ---- finding ---- */

struct search {
  const char *library;
  const struct hook *hooks;
  void (*found)(const struct hook *hook, void **place, bool sealed, bool bound, void *arg);
  void *arg;
  bool there;
};

static const struct hook *hook_of(const struct hook *hooks, const char *symbol) {
  for (; hooks->symbol != NULL; hooks++)
    if (strcmp(hooks->symbol, symbol) == 0)
      return hooks;
  return NULL;
}

static void search_table(const struct search *search, const struct dl_phdr_info *info, const struct image *image,
                         const struct table *table) {
  for (size_t i = 0; table->first != NULL && i < table->count; i++) {
    const Elf64_Rela *entry = &table->first[i];
    uint32_t type = ELF64_R_TYPE(entry->r_info);
    if (type != JUMP_SLOT && type != GLOB_DAT)
      continue;
    const Elf64_Sym *symbol = &image->symbols[ELF64_R_SYM(entry->r_info)];
    const struct hook *hook = hook_of(search->hooks, image->strings + symbol->st_name);
    if (hook == NULL || symbol->st_shndx != SHN_UNDEF) /* a function of its own that has that name */
      continue;
    uintptr_t address = info->dlpi_addr + entry->r_offset, value = *(uintptr_t *)address;
    search->found(hook, (void **)address, address >= image->sealed && address < image->sealed_end,
                  value < image->base || value >= image->end, search->arg);
  }
}

static bool is_called(const char *path, const char *name) {
  const char *last = strrchr(path, '/');
  return strcmp(path, name) == 0 || (last != NULL && strcmp(last + 1, name) == 0);
}

/* Ours calls the real functions: through its own slots. */
static bool is_ours(const struct image *image) {
  uintptr_t here = (uintptr_t)&interpose_on;
  return here >= image->base && here < image->end;
}

static int visit(struct dl_phdr_info *info, size_t size, void *arg) {
  (void)size;
  struct search *search = arg;
  struct image image;
  if (!is_called(info->dlpi_name, search->library) || !read_image(&image, info) || is_ours(&image))
    return 0;
  search->there = true;
  search_table(search, info, &image, &image.tables[0]);
  search_table(search, info, &image, &image.tables[1]);
  return 1;
}

static int path_of(struct dl_phdr_info *info, size_t size, void *arg) {
  (void)size;
  char *name = arg;
  if (!is_called(info->dlpi_name, name))
    return 0;
  snprintf(name, PATH_MAX, "%s", info->dlpi_name);
  return 1;
}

/* Its name in, its path out. */
static bool find_path(char path[PATH_MAX], const char *library) {
  snprintf(path, PATH_MAX, "%s", library);
  return dl_iterate_phdr(path_of, path) != 0;
}

static void pin(const char *path) {
  dlopen(path, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

bool slots_keep(const char *library) {
  char path[PATH_MAX];
  if (!find_path(path, library))
    return false;
  pin(path);
  return true;
}

bool slots_find(const char *library, const struct hook *hooks,
                void (*found)(const struct hook *hook, void **place, bool sealed, bool bound, void *arg), void *arg) {
  struct search search = {library, hooks, found, arg, false};
  dl_iterate_phdr(visit, &search);
  return search.there;
}

/* ---- writing ---- */

int slot_write(void **place, void *value, bool sealed) {
  void *page = (void *)page_of((uintptr_t)place);
  size_t size = (size_t)sysconf(_SC_PAGESIZE);
  if (sealed && mprotect(page, size, PROT_READ | PROT_WRITE) < 0)
    return GV_ESYSTEM - errno;
  __atomic_store_n(place, value, __ATOMIC_RELEASE); /* others may be calling through it */
  if (sealed)
    mprotect(page, size, PROT_READ);
  return GV_OK;
}

void *slot_expected(const char *symbol) {
  return dlsym(RTLD_DEFAULT, symbol);
}

bool slots_lead_alike(const void *one, const void *other) {
  Dl_info of_one, of_other;
  return dladdr(one, &of_one) != 0 && dladdr(other, &of_other) != 0 && of_one.dli_fbase == of_other.dli_fbase;
}

/* ---- what is to be there, and to stay ---- */

bool slots_are_of_jdk(const char *path) {
  char folder[PATH_MAX];
  return find_path(folder, "libjava.so") && strncmp(path, folder, (size_t)(strrchr(folder, '/') + 1 - folder)) == 0;
}

void slots_load_libraries(void) {
  static const char *const lazy[] = {"libnet.so", "libnio.so"};
  char path[PATH_MAX];
  if (!find_path(path, "libjava.so"))
    return;
  char *name = strrchr(path, '/') + 1;
  for (int i = 0; i < 2; i++) {
    snprintf(name, (size_t)(path + sizeof path - name), "%s", lazy[i]);
    dlopen(path, RTLD_NOW); /* the VM does the same later, and finds it loaded */
  }
}

/* Fails for a program only that has us linked in. */
void slots_pin(void) {
  Dl_info info;
  if (dladdr((void *)&interpose_on, &info) != 0)
    pin(info.dli_fname);
}
