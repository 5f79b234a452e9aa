# Every target does all the set-up that it needs: npm packages, Debian packages, the emulator and the kernels.
#
#   make test KERNELS="6.1 7.2"     the kernels to build and test (default: the command's own)
#   make matrix ARGS="--jobs 4"     options of dmaspec matrix
#   make bench NAME=cell-seconds
#   make images SANITIZE=1          the emulator with ASan and UBSan too

KERNELS ?=
NAME ?=
SANITIZE ?=
ARGS ?=

dmaspec := node bin/dmaspec.js
export KERNELS

.PHONY: help images test matrix demo platforms goldens bench attack lint clean distclean

help:
	@echo 'make demo       the report of 2018 on four kernels, as a table'
	@echo 'make test       unit tests and specs (KERNELS="6.1 …")'
	@echo 'make matrix     the specs on every kernel series, side by side, and one report in out/run (ARGS="--help")'
	@echo 'make platforms  the report of 2018 on other IOMMUs than the board'\''s, as a table (KERNELS="6.1 …")'
	@echo 'make goldens    provoke crashes in real guests, for the parser (KERNELS="6.1 …", NAME=provocation: one of them)'
	@echo 'make bench      figures, against bare QEMU; reads through an IOMMU (NAME=figure: one of them)'
	@echo 'make attack     10^6 random registers, descriptors and page tables against the device models (ARGS="--help")'
	@echo 'make images     the emulator, the initramfs and the kernels (KERNELS="6.1 …")'
	@echo 'make lint       types, style and shell scripts'
	@echo 'make clean      remove what test, demo and bench wrote; distclean: what was installed and built, too'

images: node_modules/.package-lock.json
	@$(dmaspec) images $(KERNELS:%=--kernel %) $(SANITIZE:%=--sanitize)

# TAPFLAGS: for tap; .ci/run asks for its raw output.
test: images
	@$(dmaspec) images --tools test --tools lint
	node_modules/.bin/tap $(TAPFLAGS)

# Builds what it lacks by itself.
matrix: node_modules/.package-lock.json
	@$(dmaspec) matrix $(KERNELS:%=--kernel %) $(ARGS)

demo: images
	@$(dmaspec) demo

platforms: images
	@$(dmaspec) platforms $(KERNELS:%=--kernel %) $(ARGS)

# Builds what it lacks by itself.
goldens: node_modules/.package-lock.json
	@$(dmaspec) goldens $(KERNELS:%=--kernel %) $(NAME:%=--name %) $(ARGS)

bench: images
	@$(dmaspec) images --tools test
	@$(dmaspec) bench $(NAME)

# The emulator is built a second time for it, with ASan and UBSan.
attack: node_modules/.package-lock.json
	@$(dmaspec) images --sanitize --only-qemu
	@$(dmaspec) attack $(ARGS)

lint: node_modules/.package-lock.json
	@$(dmaspec) images --tools lint
	npm run --silent lint
	shellcheck -x .ci/run images/initramfs/init $(filter-out %/lib %/text,$(wildcard images/initramfs/provoke/*)) images/initramfs/provoke/lib/memory examples/slurm/*.sh examples/slurm/*.sbatch
	clang-format --dry-run --Werror images/qemu/hw/*.[ch]

# npm writes that file when it is done. The lock is for two makes at once; the second one then has nothing to do.
# `tap build` takes @tapjs/typescript out, as package.json says: tap's first run would go without that, and have its
# loader before tsx, which takes seconds a file and makes CommonJS of what tsx reads.
node_modules/.package-lock.json: package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || { echo 'dmaspec wants Node 20 or newer' >&2; exit 1; }
	@flock package-lock.json sh -c '[ $@ -nt $< ] || { echo npm ci; npm ci --include=dev --ignore-scripts --no-audit --no-fund && node_modules/.bin/tap build && touch $@; }'

clean:
	@echo 'removing out/ bench-out/ .tap/ (what tests, demo and bench wrote)'
	@rm -rf out bench-out .tap

# The cache is a folder that the user may have named: only what dmaspec makes in it is removed.
cache = $(or $(DMASPEC_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/dmaspec)
distclean: clean
	@echo 'removing node_modules/ and what was built in $(cache)'
	@rm -rf node_modules
	@cd '$(cache)' 2>/dev/null && rm -rf current entries locks logs seals tmp work || true
