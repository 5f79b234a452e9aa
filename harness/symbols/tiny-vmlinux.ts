/** For tests: a vmlinux of a few functions, of two files that have a static function of the same name. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const FILES = {
  'init/main.c': `const char linux_banner[] = "Linux version 6.1.0-tiny (me@here) (gcc) #7 SMP\\n";
extern int ipmmu_domain_free(int *);
int start_kernel(void)
{
	return ipmmu_domain_free(0) + linux_banner[0];
}
`,
  'drivers/a.c': `static inline __attribute__((always_inline)) int destroy_context(int *mmu)
{
	int x;
	__asm__ volatile("ldr %w0, [%1, #56]" : "=r"(x) : "r"(mmu));
	return x;
}
static __attribute__((noinline)) int same(int x)
{
	__asm__ volatile("nop");
	return x + 1;
}
int ipmmu_domain_free(int *mmu)
{
	return same(destroy_context(mmu)) + 1;
}
`,
  'drivers/b.c': `static __attribute__((noinline)) int same(int x)
{
	__asm__ volatile("nop; nop; nop; nop; nop; nop; nop; nop; nop; nop; nop; nop; nop; nop; nop; nop; nop; nop");
	return x * 7;
}
int b(int x)
{
	return same(x) + 2;
}
`,
}

export interface TinyVmlinux {
  tree: string
  vmlinux: string
  /** `symbol`, its size, where it begins: as nm says it. */
  symbols: { name: string; address: bigint; size: bigint }[]
}

/** Builds it in that folder, with line tables or without. */
export function tinyVmlinux(tree: string, ...flags: string[]): TinyVmlinux {
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(tree, name)), { recursive: true })
    writeFileSync(join(tree, name), text)
  }
  const sources = Object.keys(FILES).map(name => join(tree, name))
  const options = [
    '-O1',
    '-ffreestanding',
    '-nostdlib',
    '-static',
    '-Wl,-estart_kernel',
    '-Wl,--build-id=none',
  ]
  const vmlinux = join(tree, 'vmlinux')
  execFileSync('aarch64-linux-gnu-gcc', [
    ...options,
    ...(flags.length > 0 ? flags : ['-g']),
    '-o',
    vmlinux,
    ...sources,
  ])
  const nm = execFileSync('aarch64-linux-gnu-nm', ['-S', vmlinux], { encoding: 'utf8' })
  const symbols = nm.split('\n').flatMap(line => {
    const [address, size, , name] = line.split(' ')
    return name === undefined ? [] : [{ name, address: BigInt(`0x${address}`), size: BigInt(`0x${size}`) }]
  })
  return { tree, vmlinux, symbols }
}
