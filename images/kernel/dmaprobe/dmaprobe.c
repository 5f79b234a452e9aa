// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmaprobe: does to the DMA API what a plan says, with a device that tells
 * what it saw (images/qemu/hw/dmaprobe.c).
 *
 * Each mapping's life is printed as lines of key=value, numbered by seq; right
 * at each event its number goes to the device's MARK register, so that the
 * device's own trace and the kernel's log have one order. docs/dmaprobe.md has
 * the plan's words and the lines.
 *
 * Written for 4.19 and later; built on 5.10, 6.1, 6.12, 7.2 and 7.3. What
 * differs between versions is at the top, with the version that changed it.
 */

#include <linux/bitops.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/sched/signal.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

/* --- What differs between versions --- */

/* 0b1abd1fb7ef in 5.10: dma-contiguous.h became part of dma-map-ops.h. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 10, 0)
#include <linux/dma-map-ops.h>
#else
#include <linux/dma-contiguous.h>
#endif

/* CMA's functions are not exported: only a driver in the kernel has them. */
#if defined(CONFIG_DMA_CMA) && !defined(MODULE)
#define HAVE_PLACE_CMA 1
#else
#define HAVE_PLACE_CMA 0
#endif

/* efa70f2fdc84 in 5.10: dma_alloc_pages() */
#define HAVE_PAGES (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 10, 0))

/* 7d5b5738d151 in 5.13: dma_alloc_noncontiguous() */
#define HAVE_NONCONTIGUOUS (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 13, 0))

/* d9d200bcebc1 in 5.8: dma_map_sgtable(); it says why from 5.15 on */
#define HAVE_SGTABLE (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 8, 0))

/* a7ba70f1787f in 5.5: bus_dma_mask became bus_dma_limit. */
static u64 bus_limit(struct device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 5, 0)
	return dev->bus_dma_limit;
#else
	return dev->bus_dma_mask;
#endif
}

/* --- The device --- */

#define DMAPROBE_ID		0x000
#define DMAPROBE_ID_VALUE	0x50414d44 /* "DMAP" */
#define DMAPROBE_CTRL		0x008
#define CTRL_START		BIT(0)
#define CTRL_RESET		BIT(1)
#define CTRL_IRQEN		BIT(2)
#define DMAPROBE_STATUS		0x00c
#define STATUS_DONE		BIT(1)
#define STATUS_ERROR		BIT(2)
#define DMAPROBE_OP		0x010
#define DMAPROBE_PATTERN	0x014
#define DMAPROBE_SRC		0x018
#define DMAPROBE_DST		0x020
#define DMAPROBE_LEN		0x028
#define DMAPROBE_SRC_COUNT	0x030
#define DMAPROBE_DST_COUNT	0x034
#define DMAPROBE_SUM		0x038
#define DMAPROBE_ERROR		0x040
#define DMAPROBE_ERR_ADDR	0x048
#define DMAPROBE_BYTES		0x050
#define DMAPROBE_JOB		0x058
#define DMAPROBE_DELAY_US	0x05c
#define DMAPROBE_MARK		0x060

enum { OP_COPY, OP_FILL, OP_CHECKSUM, OP_SG = 3 };

static const char *const op_names[] = {
	"copy", "fill", "checksum", "sg-copy", "sg-fill", "sg-checksum",
};

/* ERROR's values, and one of ours. */
enum { RESULT_OK, RESULT_TIMEOUT = 6 };

static const char *const result_names[] = {
	"ok", "translation", "bus-limit", "no-memory", "bad-descriptor",
	"bad-op", "timeout",
};

/* What OP_SG's jobs fetch. */
struct descriptor {
	__le64 addr;
	__le64 length;
};

struct dmaprobe {
	struct device *dev;
	void __iomem *regs;
	struct list_head node;
	struct dentry *dir;
	struct device_dma_parameters parms;

	struct mutex plan;	/* one plan at a time */
	struct mutex job;	/* one job at a time */
	struct mutex emit;	/* seq, MARK and the line go together */
	u32 seq;
	u32 plans;
	u32 jobs;
	atomic_t ids;

	struct completion done;
	u32 status;		/* as the interrupt found it */
};

static DEFINE_MUTEX(probes_lock);
static LIST_HEAD(probes);
static struct dentry *root;

static void write64(struct dmaprobe *p, unsigned int at, u64 value)
{
	writel(lower_32_bits(value), p->regs + at);
	writel(upper_32_bits(value), p->regs + at + 4);
}

static u64 read64(struct dmaprobe *p, unsigned int at)
{
	u32 low = readl(p->regs + at);

	return (u64)readl(p->regs + at + 4) << 32 | low;
}

static irqreturn_t dmaprobe_irq(int irq, void *data)
{
	struct dmaprobe *p = data;
	u32 status = readl(p->regs + DMAPROBE_STATUS);

	if (!(status & (STATUS_DONE | STATUS_ERROR)))
		return IRQ_NONE;
	writel(status & (STATUS_DONE | STATUS_ERROR), p->regs + DMAPROBE_STATUS);
	p->status = status;
	complete(&p->done);
	return IRQ_HANDLED;
}

/* Says what happens, and marks it in the device's trace first. */
static __printf(3, 4) void emit(struct dmaprobe *p, const char *what,
				const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	vaf.va = &args;
	mutex_lock(&p->emit);
	writel(++p->seq, p->regs + DMAPROBE_MARK);
	dev_info(p->dev, "%s seq=%u %pV\n", what, p->seq, &vaf);
	mutex_unlock(&p->emit);
	va_end(args);
}

/* --- Data: a pattern that counts, and a sum that knows its order --- */

/* Byte `at` of a stream whose little-endian word i is seed + i. */
static u8 pattern_byte(u32 seed, size_t at)
{
	return (seed + (u32)(at / 4)) >> (8 * (at % 4));
}

/* s1 += w; s2 += s1, over little-endian words; the device does the same. */
struct sum {
	u32 s1, s2;
	u32 word;
	unsigned int bytes;	/* in word */
};

static void sum_word(struct sum *sum, u32 word)
{
	sum->s1 += word;
	sum->s2 += sum->s1;
}

static void sum_byte(struct sum *sum, u8 byte)
{
	sum->word |= (u32)byte << (8 * sum->bytes);
	if (++sum->bytes < 4)
		return;
	sum_word(sum, sum->word);
	sum->word = 0;
	sum->bytes = 0;
}

static u64 sum_end(struct sum *sum)
{
	if (sum->bytes)
		sum_word(sum, sum->word);
	return (u64)sum->s2 << 32 | sum->s1;
}

static void sum_memory(struct sum *sum, const u8 *at, size_t size)
{
	while (size && sum->bytes) {
		sum_byte(sum, *at++);
		size--;
	}
	for (; size >= 4; at += 4, size -= 4) {
		__le32 word;

		memcpy(&word, at, 4);
		sum_word(sum, le32_to_cpu(word));
	}
	for (; size; size--)
		sum_byte(sum, *at++);
}

static void sum_pattern(struct sum *sum, u32 seed, size_t size)
{
	size_t at = 0;

	for (; !sum->bytes && size - at >= 4; at += 4)
		sum_word(sum, seed + (u32)(at / 4));
	for (; at < size; at++)
		sum_byte(sum, pattern_byte(seed, at));
}

static void fill_memory(u8 *to, u32 seed, size_t from, size_t size)
{
	size_t at = from;
	size_t end = from + size;

	for (; at < end && at % 4; at++)
		*to++ = pattern_byte(seed, at);
	for (; end - at >= 4; at += 4, to += 4) {
		__le32 word = cpu_to_le32(seed + (u32)(at / 4));

		memcpy(to, &word, 4);
	}
	for (; at < end; at++)
		*to++ = pattern_byte(seed, at);
}

/* --- A plan's words --- */

enum { PLACE_ANY, PLACE_LOW, PLACE_HIGH, PLACE_DMA, PLACE_CMA,
       PLACE_CROSS_PAGE, PLACE_CROSS_2M, PLACE_MIXED };
enum { USE_DEFAULT, USE_NONE, USE_CHECKSUM, USE_FILL, USE_COPY, USE_TABLE };
enum { SYNC_CPU = BIT(0), SYNC_DEVICE = BIT(1) };
enum { AFTER_USE = BIT(0), AFTER_LATE = BIT(1) };

struct word {
	const char *name;
	u64 value;
};

static const struct word dir_words[] = {
	{ "to", DMA_TO_DEVICE },
	{ "from", DMA_FROM_DEVICE },
	{ "both", DMA_BIDIRECTIONAL },
	{ }
};
static const struct word place_words[] = {
	{ "any", PLACE_ANY },
	{ "low", PLACE_LOW },
	{ "high", PLACE_HIGH },
	{ "dma", PLACE_DMA },
	{ "cma", PLACE_CMA },
	{ "cross-page", PLACE_CROSS_PAGE },
	{ "cross-2m", PLACE_CROSS_2M },
	{ "mixed", PLACE_MIXED },
	{ }
};
static const struct word use_words[] = {
	{ "none", USE_NONE },
	{ "checksum", USE_CHECKSUM },
	{ "fill", USE_FILL },
	{ "copy", USE_COPY },
	{ }
};
static const struct word sync_words[] = {
	{ "none", 0 },
	{ "cpu", SYNC_CPU },
	{ "device", SYNC_DEVICE },
	{ "both", SYNC_CPU | SYNC_DEVICE },
	{ }
};
static const struct word after_words[] = {
	{ "none", 0 },
	{ "use", AFTER_USE },
	{ "late", AFTER_LATE },
	{ "both", AFTER_USE | AFTER_LATE },
	{ }
};
static const struct word attrs_words[] = {
	{ "none", 0 },
	{ "skip-sync", DMA_ATTR_SKIP_CPU_SYNC },
	{ "contiguous", DMA_ATTR_FORCE_CONTIGUOUS },
	{ "write-combine", DMA_ATTR_WRITE_COMBINE },
	{ "weak-ordering", DMA_ATTR_WEAK_ORDERING },
	{ "no-warn", DMA_ATTR_NO_WARN },
	{ }
};

struct step {
	u64 api, dir, size, count, place, offset, parts, mask, use, sync;
	u64 after, hold, quiet, attrs, delay, timeout, threads;
	bool here;		/* on= names this device, or there is none */
	struct dma_pool *pool;
};

static const struct step defaults = {
	.dir = DMA_TO_DEVICE,
	.size = SZ_4K,
	.count = 1,
	.parts = 4,
	.mask = 64,
	.timeout = 10000,
	.threads = 1,
	.here = true,
};

struct mapping;

/* How one part of the DMA API is used. */
struct api {
	const char *name;
	bool placed;		/* the buffer is ours, and streams */
	bool synced;		/* it must be synced around each access */
	bool has_parts;
	const char *needs;	/* why it is not in this kernel */
	int (*map)(struct mapping *m);
	void (*unmap)(struct mapping *m);
	void (*sync)(struct mapping *m, bool for_cpu);
};

/* --- A mapping --- */

struct cpu_run {
	void *at;
	size_t size;
};

struct dma_run {
	dma_addr_t at;
	size_t size;
};

/* A buffer of our own, or a part of one. */
struct chunk {
	struct page *page;
	size_t pages;
	bool cma;
	u8 *at;
	size_t size;
};

struct job {
	u32 op;
	u32 pattern;
	u64 src, dst;
	u32 src_count, dst_count;	/* descriptors; 0: src and dst are data */
	u64 length;
	u64 want;
};

struct plan_run {
	struct dmaprobe *p;
	struct list_head held;
	struct mutex lock;		/* of held */
	atomic_t mappings, failed;
};

struct mapping {
	struct list_head node;
	struct dmaprobe *p;
	struct plan_run *run;
	struct step *step;
	const struct api *api;
	u32 id;
	u64 use;
	size_t size;
	bool loud;
	bool failed;

	struct chunk *chunks;
	unsigned int chunk_count;
	struct sg_table sgt;		/* api=sg */
	struct sg_table *noncontiguous;
	void *cpu;			/* of an allocation */
	struct page *page;
	dma_addr_t dma;

	struct cpu_run *cpu_runs;
	unsigned int cpu_count;
	struct dma_run *dma_runs;
	unsigned int dma_count;

	u32 seed;			/* of the data in it */
	u64 want;			/* the sum that it should have */
	struct job job;
	struct mapping *table;		/* of descriptors */
};

static enum dma_data_direction dir_of(const struct mapping *m)
{
	return (enum dma_data_direction)m->step->dir;
}

static const char *name_of(const struct word *words, u64 value)
{
	for (; words->name; words++)
		if (words->value == value)
			return words->name;
	return "?";
}

static const char *use_name(u64 use)
{
	return use == USE_TABLE ? "table" : name_of(use_words, use);
}

/* --- What the kernel says of an address --- */

static phys_addr_t phys_of(const void *at)
{
	if (is_vmalloc_addr(at))
		return page_to_phys(vmalloc_to_page(at)) + offset_in_page(at);
	return virt_to_phys((void *)at);
}

static bool translates(const struct iommu_domain *domain)
{
	return domain && (domain->type & __IOMMU_DOMAIN_PAGING);
}

/* What a DMA address means: the IOMMU's tables say, or the bus's ranges. */
static phys_addr_t target_of(struct device *dev, dma_addr_t dma)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(dev);

	return translates(domain) ? iommu_iova_to_phys(domain, dma) :
				    dma_to_phys(dev, dma);
}

static const char *domain_name(struct device *dev)
{
	const struct iommu_domain *domain = iommu_get_domain_for_dev(dev);

	if (!domain)
		return "none";
	switch (domain->type) {
	case IOMMU_DOMAIN_BLOCKED:
		return "blocked";
	case IOMMU_DOMAIN_IDENTITY:
		return "identity";
	case IOMMU_DOMAIN_UNMANAGED:
		return "unmanaged";
	case IOMMU_DOMAIN_DMA:
		return "DMA";
#ifdef IOMMU_DOMAIN_DMA_FQ /* bf3aed4660c6 in 5.15; lazy was a flag before */
	case IOMMU_DOMAIN_DMA_FQ:
		return "DMA-FQ";
#endif
	default:
		return "other";
	}
}

/* --- Buffers of our own --- */

#define GUARD_BYTE 0xa5
#define GUARD_SIZE 64
#define FOUR_GIB (1ull << 32)

static void guards_of(const struct chunk *c, struct cpu_run guard[2])
{
	u8 *from = page_address(c->page);
	u8 *end = from + c->pages * PAGE_SIZE;

	guard[0].size = min_t(size_t, GUARD_SIZE, c->at - from);
	guard[0].at = c->at - guard[0].size;
	guard[1].at = c->at + c->size;
	guard[1].size = min_t(size_t, GUARD_SIZE, end - (c->at + c->size));
}

static bool fits_place(u64 place, phys_addr_t phys, size_t size)
{
	if (place == PLACE_LOW)
		return phys + size <= FOUR_GIB;
	return place != PLACE_HIGH || phys >= FOUR_GIB;
}

/* Pages that lie where they should; those that don't are kept meanwhile. */
static struct page *pages_at(u64 place, unsigned int order)
{
	gfp_t gfp = GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY;
	struct page *rejected[16];
	struct page *page = NULL;
	unsigned int i = 0;

	if (place == PLACE_LOW)
		gfp |= GFP_DMA32;
	if (place == PLACE_DMA)
		gfp |= GFP_DMA;
	for (;;) {
		page = alloc_pages(gfp, order);
		if (!page || fits_place(place, page_to_phys(page), PAGE_SIZE << order))
			break;
		rejected[i++] = page;
		page = NULL;
		if (i == ARRAY_SIZE(rejected))
			break;
	}
	while (i)
		__free_pages(rejected[--i], order);
	return page;
}

static void free_chunk(struct dmaprobe *p, struct chunk *c)
{
	if (!c->page)
		return;
#if HAVE_PLACE_CMA
	if (c->cma) {
		dma_release_from_contiguous(p->dev, c->page, c->pages);
		return;
	}
#endif
	__free_pages(c->page, get_order(c->pages * PAGE_SIZE));
}

static int alloc_chunk(struct dmaprobe *p, struct chunk *c, u64 place,
		       size_t offset, size_t size)
{
	size_t boundary = place == PLACE_CROSS_PAGE ? PAGE_SIZE :
			  place == PLACE_CROSS_2M   ? SZ_2M : 0;
	struct cpu_run guards[2];
	unsigned int i, order;

	/* Half of it before a boundary, which the buddies are aligned to. */
	if (boundary)
		offset = round_up(size / 2, boundary) - size / 2;
	order = get_order(offset + size);
	if (place == PLACE_CMA) {
#if HAVE_PLACE_CMA
		c->pages = PAGE_ALIGN(offset + size) / PAGE_SIZE;
		c->page = dma_alloc_from_contiguous(p->dev, c->pages, order, true);
		c->cma = true;
#endif
	} else {
		c->pages = 1ul << order;
		c->page = pages_at(place, order);
	}
	if (!c->page)
		return -ENOMEM;
	c->at = (u8 *)page_address(c->page) + offset;
	c->size = size;
	guards_of(c, guards);
	for (i = 0; i < ARRAY_SIZE(guards); i++)
		memset(guards[i].at, GUARD_BYTE, guards[i].size);
	return 0;
}

static int alloc_buffer(struct mapping *m)
{
	const struct step *s = m->step;
	unsigned int parts = m->api->has_parts ? s->parts : 1;
	size_t done = 0;
	unsigned int i;

	m->chunks = kvcalloc(parts, sizeof(*m->chunks), GFP_KERNEL);
	m->cpu_runs = kvcalloc(parts, sizeof(*m->cpu_runs), GFP_KERNEL);
	if (!m->chunks || !m->cpu_runs)
		return -ENOMEM;
	m->chunk_count = m->cpu_count = parts;
	for (i = 0; i < parts; i++) {
		struct chunk *c = &m->chunks[i];
		size_t end = div_u64((u64)s->size * (i + 1), parts);
		u64 place = s->place;
		int error;

		if (place == PLACE_MIXED)
			place = i % 2 ? PLACE_HIGH : PLACE_LOW;
		error = alloc_chunk(m->p, c, place, s->offset, end - done);
		if (error)
			return error;
		m->cpu_runs[i] = (struct cpu_run){ c->at, c->size };
		done = end;
	}
	return 0;
}

static void free_buffer(struct mapping *m)
{
	unsigned int i;

	for (i = 0; i < m->chunk_count; i++)
		free_chunk(m->p, &m->chunks[i]);
	kvfree(m->chunks);
	kvfree(m->cpu_runs);
	kvfree(m->dma_runs);
}

/* Bytes around the buffer that somebody wrote to. */
static void check_guards(struct mapping *m)
{
	unsigned int i, j;

	for (i = 0; i < m->chunk_count; i++) {
		struct cpu_run guards[2];

		guards_of(&m->chunks[i], guards);
		for (j = 0; j < ARRAY_SIZE(guards); j++) {
			const u8 *bad = memchr_inv(guards[j].at, GUARD_BYTE,
						   guards[j].size);

			if (!bad)
				continue;
			emit(m->p, "guard", "id=%u phys=0x%llx byte=0x%x", m->id,
			     (u64)phys_of(bad), *bad);
			m->failed = true;
		}
	}
}

/* --- The APIs --- */

/* One run each, of the CPU's and of DMA addresses. */
static int one_run(struct mapping *m)
{
	if (!m->cpu_runs)
		m->cpu_runs = kvcalloc(1, sizeof(*m->cpu_runs), GFP_KERNEL);
	m->dma_runs = kvcalloc(1, sizeof(*m->dma_runs), GFP_KERNEL);
	if (!m->cpu_runs || !m->dma_runs)
		return -ENOMEM;
	if (m->cpu)
		m->cpu_runs[0] = (struct cpu_run){ m->cpu, m->size };
	m->dma_runs[0] = (struct dma_run){ m->dma, m->size };
	m->cpu_count = m->dma_count = 1;
	return 0;
}

static int coherent_map(struct mapping *m)
{
	m->cpu = dma_alloc_attrs(m->p->dev, m->size, &m->dma,
				 GFP_KERNEL | __GFP_NOWARN, m->step->attrs);
	return m->cpu ? 0 : -ENOMEM;
}

static void coherent_unmap(struct mapping *m)
{
	dma_free_attrs(m->p->dev, m->size, m->cpu, m->dma, m->step->attrs);
}

static int pool_map(struct mapping *m)
{
	m->cpu = m->step->pool ? dma_pool_alloc(m->step->pool, GFP_KERNEL, &m->dma) :
				 NULL;
	return m->cpu ? 0 : -ENOMEM;
}

static void pool_unmap(struct mapping *m)
{
	dma_pool_free(m->step->pool, m->cpu, m->dma);
}

static int single_map(struct mapping *m)
{
	m->dma = dma_map_single_attrs(m->p->dev, m->chunks->at, m->size,
				      dir_of(m), m->step->attrs);
	return dma_mapping_error(m->p->dev, m->dma);
}

static void single_unmap(struct mapping *m)
{
	dma_unmap_single_attrs(m->p->dev, m->dma, m->size, dir_of(m),
			       m->step->attrs);
}

static int page_map(struct mapping *m)
{
	const struct chunk *c = m->chunks;

	m->dma = dma_map_page_attrs(m->p->dev, virt_to_page(c->at),
				    offset_in_page(c->at), m->size, dir_of(m),
				    m->step->attrs);
	return dma_mapping_error(m->p->dev, m->dma);
}

static void page_unmap(struct mapping *m)
{
	dma_unmap_page_attrs(m->p->dev, m->dma, m->size, dir_of(m),
			     m->step->attrs);
}

static void single_sync(struct mapping *m, bool for_cpu)
{
	if (for_cpu)
		dma_sync_single_for_cpu(m->p->dev, m->dma, m->size, dir_of(m));
	else
		dma_sync_single_for_device(m->p->dev, m->dma, m->size, dir_of(m));
}

static int sg_runs(struct mapping *m, struct sg_table *sgt)
{
	struct scatterlist *sg;
	unsigned int i;

	m->dma_runs = kvcalloc(sgt->nents, sizeof(*m->dma_runs), GFP_KERNEL);
	if (!m->dma_runs)
		return -ENOMEM;
	m->dma_count = sgt->nents;
	for_each_sg(sgt->sgl, sg, sgt->nents, i)
		m->dma_runs[i] = (struct dma_run){ sg_dma_address(sg),
						   sg_dma_len(sg) };
	m->dma = m->dma_runs[0].at;
	return 0;
}

static void sg_unmap(struct mapping *m)
{
	dma_unmap_sg_attrs(m->p->dev, m->sgt.sgl, m->sgt.orig_nents, dir_of(m),
			   m->step->attrs);
	sg_free_table(&m->sgt);
}

static int sg_map(struct mapping *m)
{
	struct scatterlist *sg;
	unsigned int i;
	int error = sg_alloc_table(&m->sgt, m->chunk_count, GFP_KERNEL);

	if (error)
		return error;
	for_each_sg(m->sgt.sgl, sg, m->chunk_count, i)
		sg_set_buf(sg, m->chunks[i].at, m->chunks[i].size);
#if HAVE_SGTABLE
	error = dma_map_sgtable(m->p->dev, &m->sgt, dir_of(m), m->step->attrs);
#else
	m->sgt.nents = dma_map_sg_attrs(m->p->dev, m->sgt.sgl, m->sgt.orig_nents,
					dir_of(m), m->step->attrs);
	error = m->sgt.nents ? 0 : -EIO;
#endif
	if (error) {
		sg_free_table(&m->sgt);
		return error;
	}
	error = sg_runs(m, &m->sgt);
	if (error)
		sg_unmap(m);
	return error;
}

static void sg_sync(struct mapping *m, bool for_cpu)
{
	if (for_cpu)
		dma_sync_sg_for_cpu(m->p->dev, m->sgt.sgl, m->sgt.orig_nents,
				    dir_of(m));
	else
		dma_sync_sg_for_device(m->p->dev, m->sgt.sgl, m->sgt.orig_nents,
				       dir_of(m));
}

#if HAVE_PAGES
static int pages_map(struct mapping *m)
{
	m->page = dma_alloc_pages(m->p->dev, PAGE_ALIGN(m->size), &m->dma,
				  dir_of(m), GFP_KERNEL | __GFP_NOWARN);
	if (!m->page)
		return -ENOMEM;
	m->cpu = page_address(m->page);
	return 0;
}

static void pages_unmap(struct mapping *m)
{
	dma_free_pages(m->p->dev, PAGE_ALIGN(m->size), m->page, m->dma, dir_of(m));
}
#else
#define pages_map NULL
#define pages_unmap NULL
#endif

#if HAVE_NONCONTIGUOUS
static int noncontiguous_map(struct mapping *m)
{
	m->noncontiguous = dma_alloc_noncontiguous(m->p->dev, PAGE_ALIGN(m->size),
						   dir_of(m),
						   GFP_KERNEL | __GFP_NOWARN,
						   m->step->attrs);
	if (!m->noncontiguous)
		return -ENOMEM;
	m->cpu = dma_vmap_noncontiguous(m->p->dev, PAGE_ALIGN(m->size),
					m->noncontiguous);
	if (!m->cpu) {
		dma_free_noncontiguous(m->p->dev, PAGE_ALIGN(m->size),
				       m->noncontiguous, dir_of(m));
		return -ENOMEM;
	}
	/* One DMA address for all of it, by its contract. */
	m->dma = sg_dma_address(m->noncontiguous->sgl);
	return 0;
}

static void noncontiguous_unmap(struct mapping *m)
{
	dma_vunmap_noncontiguous(m->p->dev, m->cpu);
	dma_free_noncontiguous(m->p->dev, PAGE_ALIGN(m->size), m->noncontiguous,
			       dir_of(m));
}

static void noncontiguous_sync(struct mapping *m, bool for_cpu)
{
	if (for_cpu) {
		dma_sync_sgtable_for_cpu(m->p->dev, m->noncontiguous, dir_of(m));
		invalidate_kernel_vmap_range(m->cpu, m->size);
	} else {
		flush_kernel_vmap_range(m->cpu, m->size);
		dma_sync_sgtable_for_device(m->p->dev, m->noncontiguous, dir_of(m));
	}
}
#else
#define noncontiguous_map NULL
#define noncontiguous_unmap NULL
#define noncontiguous_sync NULL
#endif

enum { API_SINGLE, API_PAGE, API_SG, API_COHERENT, API_POOL, API_PAGES,
       API_NONCONTIGUOUS };

static const struct api apis[] = {
	[API_SINGLE] = { "single", true, false, false, NULL,
			 single_map, single_unmap, single_sync },
	[API_PAGE] = { "page", true, false, false, NULL,
		       page_map, page_unmap, single_sync },
	[API_SG] = { "sg", true, false, true, NULL, sg_map, sg_unmap, sg_sync },
	[API_COHERENT] = { "coherent", false, false, false, NULL,
			   coherent_map, coherent_unmap, NULL },
	[API_POOL] = { "pool", false, false, false, NULL,
		       pool_map, pool_unmap, NULL },
	[API_PAGES] = { "pages", false, true, false,
			HAVE_PAGES ? NULL : "linux 5.10",
			pages_map, pages_unmap, single_sync },
	[API_NONCONTIGUOUS] = { "noncontiguous", false, true, false,
				HAVE_NONCONTIGUOUS ? NULL : "linux 5.13",
				noncontiguous_map, noncontiguous_unmap,
				noncontiguous_sync },
};
/* --- A mapping's lines --- */

/* A stretch in which phys, dma and what dma means all go on together. */
struct part {
	phys_addr_t phys, target;
	dma_addr_t dma;
	size_t size;
};

struct cursor {
	unsigned int cpu, dma;		/* runs */
	size_t cpu_done, dma_done;	/* bytes of them */
};

/* The IPMMU's pages are of 4 KiB, whatever the CPU's are. */
#define LOOK_EVERY ((size_t)SZ_4K)

static bool next_part(const struct mapping *m, struct cursor *at,
		      struct part *part)
{
	part->size = 0;
	while (at->cpu < m->cpu_count && at->dma < m->dma_count) {
		const struct cpu_run *cpu = &m->cpu_runs[at->cpu];
		const struct dma_run *run = &m->dma_runs[at->dma];
		phys_addr_t phys = phys_of(cpu->at + at->cpu_done);
		dma_addr_t dma = run->at + at->dma_done;
		phys_addr_t target = target_of(m->p->dev, dma);
		size_t step = min(cpu->size - at->cpu_done,
				  run->size - at->dma_done);

		if (part->size &&
		    (!at->cpu_done || !at->dma_done ||
		     phys != part->phys + part->size ||
		     dma != part->dma + part->size ||
		     target != part->target + part->size))
			return true;
		if (!part->size)
			*part = (struct part){ phys, target, dma, 0 };
		step = min3(step, LOOK_EVERY - (size_t)(phys & (LOOK_EVERY - 1)),
			    LOOK_EVERY - (size_t)(dma & (LOOK_EVERY - 1)));
		part->size += step;
		at->cpu_done += step;
		at->dma_done += step;
		if (at->cpu_done == cpu->size) {
			at->cpu++;
			at->cpu_done = 0;
		}
		if (at->dma_done == run->size) {
			at->dma++;
			at->dma_done = 0;
		}
	}
	return part->size;
}

static void say_map(struct mapping *m)
{
	struct device *dev = m->p->dev;
	struct cursor at = { };
	struct part part;
	unsigned int parts = 0, i = 0;

	if (!m->loud)
		return;
	while (next_part(m, &at, &part))
		parts++;
	at = (struct cursor){ };
	while (next_part(m, &at, &part)) {
		emit(m->p, "map",
		     "id=%u part=%u/%u api=%s dir=%s place=%s phys=0x%llx dma=0x%llx target=0x%llx size=0x%zx mask=0x%llx limit=0x%llx bounced=%d domain=%s use=%s",
		     m->id, i++, parts, m->api->name,
		     name_of(dir_words, m->step->dir),
		     name_of(place_words, m->step->place), (u64)part.phys,
		     (u64)part.dma, (u64)part.target, part.size, dma_get_mask(dev), bus_limit(dev),
		     part.target >> PAGE_SHIFT != part.phys >> PAGE_SHIFT,
		     domain_name(dev), use_name(m->use));
	}
}

static void say_failed(struct mapping *m, const char *what, const char *why,
		       int error)
{
	emit(m->p, what,
	     "id=%u api=%s dir=%s place=%s size=0x%zx mask=0x%llx limit=0x%llx domain=%s use=%s why=%s error=%d",
	     m->id, m->api->name, name_of(dir_words, m->step->dir),
	     name_of(place_words, m->step->place), m->size,
	     (u64)DMA_BIT_MASK(m->step->mask), bus_limit(m->p->dev),
	     domain_name(m->p->dev), use_name(m->use), why, error);
	m->failed = true;
}

/* --- A mapping's life --- */

static u64 sum_of(const struct mapping *m)
{
	struct sum sum = { };
	unsigned int i;

	for (i = 0; i < m->cpu_count; i++)
		sum_memory(&sum, m->cpu_runs[i].at, m->cpu_runs[i].size);
	return sum_end(&sum);
}

/* New data, as the CPU writes it. */
static void write_data(struct mapping *m, u32 seed)
{
	struct sum sum = { };
	size_t done = 0;
	unsigned int i;

	for (i = 0; i < m->cpu_count; i++) {
		fill_memory(m->cpu_runs[i].at, seed, done, m->cpu_runs[i].size);
		done += m->cpu_runs[i].size;
	}
	m->seed = seed;
	sum_pattern(&sum, seed, m->size);
	m->want = sum_end(&sum);
}

static void say_data(struct mapping *m, const char *when)
{
	u64 got = sum_of(m);

	if (m->loud || got != m->want)
		emit(m->p, m->loud ? "data" : "mismatch",
		     "id=%u want=0x%llx got=0x%llx when=%s", m->id, m->want, got,
		     when);
	m->failed |= got != m->want;
}

static void say_sync(struct mapping *m, bool for_cpu)
{
	m->api->sync(m, for_cpu);
	if (m->loud)
		emit(m->p, "sync", "id=%u for=%s", m->id,
		     for_cpu ? "cpu" : "device");
}

/* Returns whether it came out as wanted; `moved`: bytes, in any case. */
static bool run_job(struct mapping *m, const struct job *job, const char *when,
		    u64 *moved)
{
	struct dmaprobe *p = m->p;
	unsigned int result;
	u64 address, got;
	u32 number;
	bool differs;

	mutex_lock(&p->job);
	number = ++p->jobs;
	reinit_completion(&p->done);
	writel(job->op, p->regs + DMAPROBE_OP);
	writel(job->pattern, p->regs + DMAPROBE_PATTERN);
	write64(p, DMAPROBE_SRC, job->src);
	write64(p, DMAPROBE_DST, job->dst);
	write64(p, DMAPROBE_LEN, job->length);
	writel(job->src_count, p->regs + DMAPROBE_SRC_COUNT);
	writel(job->dst_count, p->regs + DMAPROBE_DST_COUNT);
	writel(number, p->regs + DMAPROBE_JOB);
	writel(m->step->delay, p->regs + DMAPROBE_DELAY_US);
	/* writel() orders the data before it. */
	writel(CTRL_START | CTRL_IRQEN, p->regs + DMAPROBE_CTRL);
	if (wait_for_completion_timeout(&p->done, msecs_to_jiffies(m->step->timeout))) {
		result = p->status & STATUS_ERROR ? readl(p->regs + DMAPROBE_ERROR) :
						    RESULT_OK;
		address = read64(p, DMAPROBE_ERR_ADDR);
	} else {
		result = RESULT_TIMEOUT;
		address = 0;
		writel(CTRL_RESET, p->regs + DMAPROBE_CTRL);
	}
	got = read64(p, DMAPROBE_SUM);
	*moved = read64(p, DMAPROBE_BYTES);
	mutex_unlock(&p->job);

	differs = result != RESULT_OK || got != job->want;
	if (m->loud || (differs && !strcmp(when, "mapped")))
		emit(p, m->loud ? "job" : "mismatch",
		     "id=%u job=%u op=%s result=%s address=0x%llx want=0x%llx got=0x%llx when=%s",
		     m->id, number,
		     job->op < ARRAY_SIZE(op_names) ? op_names[job->op] : "?",
		     result < ARRAY_SIZE(result_names) ? result_names[result] : "?",
		     address, job->want, got, when);
	return !differs;
}

/* The DMA runs from `from` on, `size` bytes of them, as descriptors. */
static unsigned int describe(const struct mapping *m, size_t from, size_t size,
			     struct descriptor *to, struct dma_run *first)
{
	unsigned int count = 0, i;

	for (i = 0; i < m->dma_count && size; i++) {
		size_t left = m->dma_runs[i].size;
		size_t length;

		if (from >= left) {
			from -= left;
			continue;
		}
		length = min(left - from, size);
		if (!count)
			*first = (struct dma_run){ m->dma_runs[i].at + from, length };
		if (to)
			to[count] = (struct descriptor){
				cpu_to_le64(m->dma_runs[i].at + from),
				cpu_to_le64(length),
			};
		count++;
		size -= length;
		from = 0;
	}
	return count;
}

static void free_mapping(struct mapping *m)
{
	free_buffer(m);
	kfree(m);
}

static struct mapping *new_mapping(struct plan_run *run, struct step *s,
				   const struct api *api, size_t size, u64 use)
{
	struct mapping *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return NULL;
	m->run = run;
	m->p = run->p;
	m->step = s;
	m->api = api;
	m->size = size;
	m->use = use;
	m->id = atomic_inc_return(&run->p->ids);
	return m;
}

static void say_unmap(struct mapping *m)
{
	if (m->loud)
		emit(m->p, "unmap-begin", "id=%u dma=0x%llx size=0x%zx", m->id,
		     (u64)m->dma, m->size);
	m->api->unmap(m);
	if (m->loud)
		emit(m->p, "unmap", "id=%u dma=0x%llx size=0x%zx", m->id,
		     (u64)m->dma, m->size);
}

/* A table is a mapping like any other: coherent, and printed. */
static struct step table_step = { .dir = DMA_TO_DEVICE, .mask = 64 };

static struct mapping *make_table(struct mapping *m, unsigned int count)
{
	struct mapping *t = new_mapping(m->run, &table_step, &apis[API_COHERENT],
					count * sizeof(struct descriptor),
					USE_TABLE);
	int error;

	if (!t)
		return NULL;
	t->loud = m->loud;
	error = t->api->map(t);
	if (!error) {
		error = one_run(t);
		if (error)
			t->api->unmap(t);
	}
	if (error) {
		say_failed(t, "map-failed", "api", error);
		free_mapping(t);
		return NULL;
	}
	say_map(t);
	return t;
}

static void drop_table(struct mapping *m)
{
	if (!m->table)
		return;
	say_unmap(m->table);
	free_mapping(m->table);
}

/*
 * What the device is to do with a mapping. A copy is of its first half to its
 * second. SRC and DST are always set, so that the same job can be a checksum.
 */
static int plan_job(struct mapping *m)
{
	bool halves = m->use == USE_COPY;
	size_t size = halves ? m->size / 2 : m->size;
	struct job *job = &m->job;
	struct dma_run src = { }, dst = { };
	unsigned int src_count = describe(m, 0, size, NULL, &src);
	unsigned int dst_count = describe(m, halves ? size : 0, size, NULL, &dst);
	struct sum sum = { };

	job->op = m->use == USE_FILL ? OP_FILL : halves ? OP_COPY : OP_CHECKSUM;
	job->pattern = ~m->seed;
	job->length = size;
	job->src = src.at;
	job->dst = dst.at;
	if (src_count > 1 || dst_count > 1) {
		struct descriptor *to;

		m->table = make_table(m, src_count + dst_count);
		if (!m->table)
			return -ENOMEM;
		to = m->table->cpu;
		describe(m, 0, size, to, &src);
		describe(m, halves ? size : 0, size, to + src_count, &dst);
		job->op += OP_SG;
		job->src = m->table->dma;
		job->dst = m->table->dma + src_count * sizeof(*to);
		job->src_count = src_count;
		job->dst_count = dst_count;
	}
	sum_pattern(&sum, m->use == USE_FILL ? job->pattern : m->seed, size);
	job->want = sum_end(&sum);
	return 0;
}

/* What the data should be once the job is done. */
static void expect_data(struct mapping *m)
{
	size_t half = m->size / 2;
	struct sum sum = { };

	if (m->use == USE_FILL) {
		m->want = m->job.want;
	} else if (m->use == USE_COPY) {
		sum_pattern(&sum, m->seed, half);
		/* The stream starts again; its bytes need not. */
		if (half % 4) {
			size_t at;

			for (at = 0; at < half; at++)
				sum_byte(&sum, pattern_byte(m->seed, at));
		} else {
			sum_pattern(&sum, m->seed, half);
		}
		if (m->size % 2)
			sum_byte(&sum, pattern_byte(m->seed, m->size - 1));
		m->want = sum_end(&sum);
	}
}

static void use_mapping(struct mapping *m)
{
	const struct step *s = m->step;
	u64 moved;

	if (!m->api->placed) {
		if (m->api->synced)
			say_sync(m, true);
		write_data(m, m->seed);
		if (m->api->synced)
			say_sync(m, false);
	} else if (s->sync & SYNC_DEVICE) {
		/* It is the device's by now: take it back, change it, give it. */
		say_sync(m, true);
		write_data(m, m->seed + 0x10001);
		say_sync(m, false);
	}
	if (m->use != USE_NONE) {
		if (plan_job(m)) {
			m->failed = true;
			return;
		}
		m->failed |= !run_job(m, &m->job, "mapped", &moved);
		/* A job that was refused at once must have changed nothing. */
		if (moved)
			expect_data(m);
	}
	if (m->api->synced || (m->api->placed && s->sync & SYNC_CPU))
		say_sync(m, true);
	if (!m->api->placed)
		say_data(m, "mapped");
	else if (s->sync & SYNC_CPU)
		say_data(m, "synced");
}

/* Long enough for every flush queue: IOVA_FQ_TIMEOUT is 10 ms. */
#define LATE_MS 100

/* Uses an address that is no longer the device's, on purpose. */
static void use_after(struct mapping *m)
{
	struct job job = m->job;
	u64 moved;

	if (!m->step->after || m->use == USE_NONE || !job.length)
		return;
	/* The memory is somebody else's by now: look, don't touch. */
	if (!m->api->placed) {
		job.op = job.op >= OP_SG ? OP_SG + OP_CHECKSUM : OP_CHECKSUM;
		job.dst_count = 0;
	}
	if (m->step->after & AFTER_USE)
		run_job(m, &job, "unmapped", &moved);
	if (m->step->after & AFTER_LATE) {
		msleep(LATE_MS);
		run_job(m, &job, "late", &moved);
	}
}

static void end_mapping(struct mapping *m)
{
	say_unmap(m);
	/* Before the late use: that may well write to it. */
	if (m->api->placed)
		say_data(m, "unmapped");
	check_guards(m);
	use_after(m);
	drop_table(m);
	if (m->failed)
		atomic_inc(&m->run->failed);
	free_mapping(m);
}

static u64 usual_use(u64 dir)
{
	return dir == DMA_TO_DEVICE ? USE_CHECKSUM :
	       dir == DMA_FROM_DEVICE ? USE_FILL : USE_COPY;
}

static bool is_loud(const struct step *s, u64 index)
{
	/* quiet=1: ten of them, or all if there are no more. */
	u64 every = s->quiet == 1 ? max_t(u64, div_u64(s->count, 10), 1) : s->quiet;
	u64 rest = index;

	return !every || do_div(rest, (u32)every) == 0;
}

static void one_mapping(struct plan_run *run, struct step *s, u64 index)
{
	const struct api *api = &apis[s->api];
	u64 use = s->use == USE_DEFAULT ? usual_use(s->dir) : s->use;
	struct mapping *m = new_mapping(run, s, api, s->size, use);
	int error;

	atomic_inc(&run->mappings);
	if (!m) {
		atomic_inc(&run->failed);
		return;
	}
	m->loud = is_loud(s, index);
	m->seed = m->id * 0x9e3779b1u;
	if (api->placed) {
		error = alloc_buffer(m);
		if (error) {
			say_failed(m, "no-buffer", "place", error);
			goto failed;
		}
		write_data(m, m->seed);
	}
	error = api->map(m);
	if (error) {
		say_failed(m, "map-failed", "api", error);
		goto failed;
	}
	if (!m->dma_runs && one_run(m)) {
		api->unmap(m);
		goto failed;
	}
	say_map(m);
	use_mapping(m);
	if (s->hold) {
		mutex_lock(&run->lock);
		list_add_tail(&m->node, &run->held);
		mutex_unlock(&run->lock);
	} else {
		end_mapping(m);
	}
	return;

failed:
	atomic_inc(&run->failed);
	free_mapping(m);
}

/* --- A plan --- */

struct worker {
	struct plan_run *run;
	struct step *step;
	u64 first;
	struct completion done;
};

static int worker(void *data)
{
	struct worker *w = data;
	u64 i;

	for (i = w->first; i < w->step->count; i += w->step->threads) {
		one_mapping(w->run, w->step, i);
		cond_resched();
		if (fatal_signal_pending(current))
			break;
	}
	complete(&w->done);
	return 0;
}

/* Mappings of one step by as many threads, each on a CPU of its own. */
static void run_threads(struct plan_run *run, struct step *s)
{
	unsigned int i, cpu = cpumask_first(cpu_online_mask);
	struct worker *workers;

	workers = kcalloc(s->threads, sizeof(*workers), GFP_KERNEL);
	if (!workers)
		return;
	for (i = 0; i < s->threads; i++) {
		struct worker *w = &workers[i];
		struct task_struct *task;

		*w = (struct worker){ .run = run, .step = s, .first = i };
		init_completion(&w->done);
		task = s->threads > 1 ? kthread_create(worker, w, "dmaprobe/%u", i) :
					ERR_PTR(-EINVAL);
		if (IS_ERR(task)) {
			worker(w); /* here, then */
			continue;
		}
		kthread_bind(task, cpu);
		wake_up_process(task);
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
	}
	for (i = 0; i < s->threads; i++)
		wait_for_completion(&workers[i].done);
	kfree(workers);
}

static void run_step(struct plan_run *run, struct step *s)
{
	struct dmaprobe *p = run->p;
	int error = dma_set_mask_and_coherent(p->dev, DMA_BIT_MASK(s->mask));
	int before = atomic_read(&run->failed);

	if (error) {
		struct mapping refused = {
			.p = p,
			.step = s,
			.api = &apis[s->api],
			.id = atomic_inc_return(&p->ids),
			.size = s->size,
			.use = s->use == USE_DEFAULT ? usual_use(s->dir) : s->use,
		};

		say_failed(&refused, "map-failed", "mask", error);
		atomic_inc(&run->mappings);
		atomic_inc(&run->failed);
		return;
	}
	if (s->api == API_POOL)
		s->pool = dma_pool_create("dmaprobe", p->dev, s->size, 4, 0);
	run_threads(run, s);
	if (s->quiet)
		dev_info(p->dev, "quiet mappings=%llu failed=%d\n", s->count,
			 atomic_read(&run->failed) - before);
}

static void run_steps(struct dmaprobe *p, struct step *steps, unsigned int count,
		      const char *text)
{
	struct plan_run run = { .p = p };
	u32 n = ++p->plans;
	struct mapping *m, *next;
	unsigned int i;

	INIT_LIST_HEAD(&run.held);
	mutex_init(&run.lock);
	dev_info(p->dev, "plan begin n=%u text=\"%.800s\"\n", n, text);
	for (i = 0; i < count; i++)
		if (steps[i].here)
			run_step(&run, &steps[i]);
	list_for_each_entry_safe(m, next, &run.held, node)
		end_mapping(m);
	for (i = 0; i < count; i++)
		dma_pool_destroy(steps[i].pool);
	/* What else drives this device, and the next plan, start from here. */
	if (dma_set_mask_and_coherent(p->dev, DMA_BIT_MASK(64)))
		dev_warn(p->dev, "no mask of 64 bits any more\n");
	dev_info(p->dev, "plan end n=%u mappings=%d failed=%d\n", n,
		 atomic_read(&run.mappings), atomic_read(&run.failed));
}

/* --- Reading a plan --- */

struct key {
	const char *name;
	size_t at;
	const struct word *words;
	u64 least, most;		/* of a number */
	bool adds;			/* repeated words are or'ed */
};

#define NUMBER(key, from, to) \
	{ .name = #key, .at = offsetof(struct step, key), .least = from, .most = to }
#define WORD(key) \
	{ .name = #key, .at = offsetof(struct step, key), .words = key##_words }

static const struct key keys[] = {
	NUMBER(size, 1, SZ_256M),
	NUMBER(count, 1, 100000),
	NUMBER(offset, 0, SZ_64K),
	NUMBER(parts, 1, 4096),
	NUMBER(mask, 24, 64),
	NUMBER(hold, 0, 1),
	NUMBER(quiet, 0, 100000),
	NUMBER(delay, 0, 1000000),
	NUMBER(timeout, 1, 600000),
	NUMBER(threads, 1, 16),
	WORD(dir),
	WORD(place),
	WORD(use),
	WORD(sync),
	WORD(after),
	{ .name = "attrs", .at = offsetof(struct step, attrs),
	  .words = attrs_words, .adds = true },
};

/* Where a refusal is written: one line, and the last word on it. */
struct why {
	char text[160];
};

static __printf(2, 3) int refuse(struct why *why, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, args);
	va_end(args);
	return -EINVAL;
}

static int read_api(struct step *s, const char *value, struct why *why)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(apis); i++) {
		if (strcmp(apis[i].name, value))
			continue;
		if (apis[i].needs)
			return refuse(why, "api=%s needs %s", value, apis[i].needs);
		s->api = i;
		return 0;
	}
	return refuse(why, "unknown api=%s", value);
}

static int read_value(const struct key *key, struct step *s, const char *value,
		      struct why *why)
{
	u64 *to = (void *)s + key->at;
	const struct word *word;
	char *end;
	u64 number;

	for (word = key->words; word && word->name; word++) {
		if (strcmp(word->name, value))
			continue;
		*to = word->value | (key->adds ? *to : 0);
		return 0;
	}
	if (key->words)
		return refuse(why, "unknown %s=%s", key->name, value);
	number = memparse(value, &end);
	if (end == value || *end)
		return refuse(why, "%s=%s is no number", key->name, value);
	if (number < key->least || number > key->most)
		return refuse(why, "%s=%s is not from %llu to %llu", key->name,
			      value, key->least, key->most);
	*to = number;
	return 0;
}

static int read_word(struct dmaprobe *p, struct step *s, char *word,
		     struct why *why)
{
	char *value = strchr(word, '=');
	unsigned int i;

	if (!value)
		return refuse(why, "%s is no key=value", word);
	*value++ = '\0';
	if (!strcmp(word, "api"))
		return read_api(s, value, why);
	if (!strcmp(word, "on")) {
		s->here = !strncmp(dev_name(p->dev), value, strlen(value));
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].name, word))
			return read_value(&keys[i], s, value, why);
	return refuse(why, "unknown word %s=", word);
}

/* Words that are right one by one, and mean nothing together. */
static int check_step(const struct step *s, struct why *why)
{
	const struct api *api = &apis[s->api];

	if (!api->placed && (s->place != PLACE_ANY || s->offset))
		return refuse(why, "api=%s places its memory itself: no place=, no offset=",
			      api->name);
	if (!api->placed && s->sync)
		return refuse(why, "api=%s has no sync= to choose", api->name);
	if ((s->api == API_POOL || s->api == API_PAGES) && s->attrs)
		return refuse(why, "api=%s takes no attrs=", api->name);
	if (s->api == API_NONCONTIGUOUS && s->attrs & ~DMA_ATTR_NO_WARN)
		return refuse(why, "api=noncontiguous takes attrs=no-warn only");
	if (s->place == PLACE_CMA && !HAVE_PLACE_CMA)
		return refuse(why, "place=cma needs CONFIG_DMA_CMA, and dmaprobe in the kernel");
	if (s->place == PLACE_MIXED && !api->has_parts)
		return refuse(why, "place=mixed needs api=sg");
	if (s->place == PLACE_CROSS_PAGE || s->place == PLACE_CROSS_2M) {
		if (s->offset)
			return refuse(why, "place=%s says where it starts: no offset=",
				      name_of(place_words, s->place));
		if (s->size < 2 || (api->has_parts && s->size / s->parts < 2))
			return refuse(why, "one byte crosses nothing");
	}
	if (api->has_parts && s->parts > s->size)
		return refuse(why, "parts=%llu of size=%llu are empty", s->parts,
			      s->size);
	if (s->size < 2 &&
	    (s->use == USE_COPY || (!s->use && s->dir == DMA_BIDIRECTIONAL)))
		return refuse(why, "a copy needs two bytes");
	return 0;
}

static bool is_blank(char c)
{
	/* A comma too: the kernel's command line has no blanks in a word. */
	return c == ' ' || c == '\t' || c == '\n' || c == ',';
}

static int read_step(struct dmaprobe *p, struct step *s, char *text,
		     struct why *why)
{
	*s = defaults;
	for (;;) {
		char *word;
		int error;

		while (is_blank(*text))
			text++;
		if (!*text)
			return check_step(s, why);
		word = text;
		while (*text && !is_blank(*text))
			text++;
		if (*text)
			*text++ = '\0';
		error = read_word(p, s, word, why);
		if (error)
			return error;
	}
}

static bool is_empty(const char *text)
{
	while (is_blank(*text))
		text++;
	return !*text;
}

#define MOST_STEPS 256

/* Does what a plan says, all of it or, if a word is wrong, nothing. */
static int run_plan(struct dmaprobe *p, const char *plan)
{
	struct step *steps = kvcalloc(MOST_STEPS, sizeof(*steps), GFP_KERNEL);
	char *text = kstrdup(plan, GFP_KERNEL);
	char *shown = kstrdup(plan, GFP_KERNEL);
	struct why why = { "there is no step in it" };
	unsigned int count = 0;
	int error = -ENOMEM;
	char *rest, *part;

	if (!steps || !text || !shown)
		goto out;
	/* One line, whatever was written. */
	for (rest = shown; *rest; rest++)
		if (is_blank(*rest))
			*rest = ' ';
		else if (*rest < ' ' || *rest > '~' || *rest == '"')
			*rest = '?';
	strim(shown);
	rest = text;
	error = 0;
	while (!error && (part = strsep(&rest, ";"))) {
		if (is_empty(part))
			continue;
		error = count == MOST_STEPS ?
				refuse(&why, "more than %u steps", MOST_STEPS) :
				read_step(p, &steps[count++], part, &why);
	}
	if (!error && !count)
		error = -EINVAL;
	if (error) {
		for (part = why.text; *part; part++)
			if (*part < ' ' || *part > '~' || *part == '"')
				*part = '?';
		dev_err(p->dev, "plan refused step=%u why=\"%s\"\n", count, why.text);
		goto out;
	}
	mutex_lock(&p->plan);
	run_steps(p, steps, count, strim(shown));
	mutex_unlock(&p->plan);
out:
	kfree(shown);
	kfree(text);
	kvfree(steps);
	return error;
}

static ssize_t plan_write(struct file *file, const char __user *from, size_t size,
			  loff_t *at)
{
	char *plan;
	int error;

	if (size > SZ_16K)
		return -E2BIG;
	plan = memdup_user_nul(from, size);
	if (IS_ERR(plan))
		return PTR_ERR(plan);
	error = run_plan(file->private_data, plan);
	kfree(plan);
	return error ? error : size;
}

static const struct file_operations plan_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = plan_write,
};

/* --- The driver --- */

static char *plan;
module_param(plan, charp, 0444);
MODULE_PARM_DESC(plan, "what every device does as soon as it is there");

/* Whether devices may run the parameter's plan: not before all of boot is. */
static bool settled;

static void dmaprobe_gone(void *data)
{
	struct dmaprobe *p = data;

	mutex_lock(&probes_lock);
	list_del(&p->node);
	mutex_unlock(&probes_lock);
	debugfs_remove_recursive(p->dir);
}

static int dmaprobe_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct dmaprobe *p = devm_kzalloc(dev, sizeof(*p), GFP_KERNEL);
	struct resource *memory;
	bool now;
	int irq, error;

	if (!p)
		return -ENOMEM;
	p->dev = dev;
	mutex_init(&p->plan);
	mutex_init(&p->job);
	mutex_init(&p->emit);
	init_completion(&p->done);
	platform_set_drvdata(pdev, p);

	memory = platform_get_resource(pdev, IORESOURCE_MEM, 0);
	p->regs = devm_ioremap_resource(dev, memory);
	if (IS_ERR(p->regs))
		return PTR_ERR(p->regs);
	if (readl(p->regs + DMAPROBE_ID) != DMAPROBE_ID_VALUE) {
		dev_err(dev, "there is no dmaprobe at %pR\n", memory);
		return -ENODEV;
	}
	irq = platform_get_irq(pdev, 0);
	if (irq < 0)
		return irq;
	writel(CTRL_RESET, p->regs + DMAPROBE_CTRL);
	error = devm_request_irq(dev, irq, dmaprobe_irq, 0, dev_name(dev), p);
	if (error)
		return error;
	error = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (error)
		return error;
	/* 9495b7e92f71 in 5.7: platform devices have these of themselves. */
	if (!dev->dma_parms)
		dev->dma_parms = &p->parms;
	dma_set_max_seg_size(dev, UINT_MAX);

	p->dir = debugfs_create_dir(dev_name(dev), root);
	debugfs_create_file("plan", 0200, p->dir, p, &plan_fops);
	mutex_lock(&probes_lock);
	list_add_tail(&p->node, &probes);
	now = settled;
	mutex_unlock(&probes_lock);
	error = devm_add_action_or_reset(dev, dmaprobe_gone, p);
	if (error)
		return error;
	if (now && plan)
		run_plan(p, plan);
	return 0;
}

static const struct of_device_id dmaprobe_of_match[] = {
	{ .compatible = "dmaspec,dmaprobe" },
	{ }
};
MODULE_DEVICE_TABLE(of, dmaprobe_of_match);

static struct platform_driver dmaprobe_driver = {
	.probe = dmaprobe_probe,
	.driver = {
		.name = "dmaprobe",
		.of_match_table = dmaprobe_of_match,
		/* A plan runs for as long as it says. */
		.suppress_bind_attrs = true,
	},
};

static int __init dmaprobe_init(void)
{
	int error;

	root = debugfs_create_dir("dmaprobe", NULL);
#ifdef MODULE
	settled = true;
#endif
	error = platform_driver_register(&dmaprobe_driver);
	if (error)
		debugfs_remove_recursive(root);
	return error;
}
module_init(dmaprobe_init);

#ifndef MODULE
/* Every driver has been asked by now, deferred ones too. */
static int __init dmaprobe_settle(void)
{
	struct dmaprobe *p;

	mutex_lock(&probes_lock);
	settled = true;
	list_for_each_entry(p, &probes, node)
		if (plan)
			run_plan(p, plan);
	mutex_unlock(&probes_lock);
	return 0;
}
late_initcall_sync(dmaprobe_settle);
#else
static void __exit dmaprobe_exit(void)
{
	platform_driver_unregister(&dmaprobe_driver);
	debugfs_remove_recursive(root);
}
module_exit(dmaprobe_exit);
#endif

MODULE_DESCRIPTION("Does to the DMA API what a plan says");
MODULE_AUTHOR("the dmaspec authors");
MODULE_LICENSE("GPL");
