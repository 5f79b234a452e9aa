/**
 * What libata says of a disk that does not come up, or comes up after all: drivers/ata/, 4.19 to 7.3. Each stands behind
 * `ata1: ` (the port) or `ata1.00: ` (the device).
 */
export interface DiskMessage {
  /** How it begins. */
  text: string
  /**
   * `sign`: a reason that is worth telling with the next. `ailing`: it failed, and libata will try again. `lost`: libata
   * has given it up. `well`: it is up.
   */
  means: 'sign' | 'ailing' | 'lost' | 'well'
  /**
   * For how many seconds the disk may then go on without being up, before it is called dead: more than libata's next try
   * takes, if nothing is to spin up; the tries after that one wait longer, for disks that do.
   */
  patience: number
  /** Where it is printed. */
  source: string
}

/** A reset of the link is over in 0.3 s; IDENTIFY is answered at once, or times out after 5 s, 10 s and 30 s. */
const IDENTIFY_AGAIN = 4
/** libata-eh.c: ata_eh_reset_timeouts[]: a reset may take 10 s. */
const RESET_AGAIN = 11

/** What else the kernel has to say of it. */
const LAST_WORDS = 1

export const diskMessages: readonly DiskMessage[] = [
  // `after %u msecs` since 6.0
  { text: 'qc timeout ', means: 'sign', patience: 0, source: 'libata-core.c: ata_exec_internal()' },
  {
    text: 'failed to IDENTIFY (',
    means: 'ailing',
    patience: IDENTIFY_AGAIN,
    source: 'libata-core.c: ata_dev_read_id()',
  },
  {
    text: 'revalidation failed (errno=',
    means: 'ailing',
    patience: IDENTIFY_AGAIN,
    source: 'libata-core.c: ata_dev_revalidate()',
  },
  {
    text: 'link is slow to respond, please be patient',
    means: 'ailing',
    patience: RESET_AGAIN,
    source: 'libata-core.c: ata_wait_ready()',
  },
  {
    text: 'COMRESET failed (errno=',
    means: 'ailing',
    patience: RESET_AGAIN,
    // Gone in 6.12.
    source: 'libata-sata.c: sata_link_hardreset(); libata-core.c before 5.7',
  },
  {
    text: 'softreset failed (',
    means: 'ailing',
    patience: RESET_AGAIN,
    source: 'libahci.c: ahci_do_softreset()',
  },
  {
    text: 'SRST failed (errno=',
    means: 'ailing',
    patience: RESET_AGAIN,
    source: 'libata-sff.c: ata_sff_softreset()',
  },
  {
    text: 'reset failed, giving up',
    means: 'lost',
    patience: LAST_WORDS,
    source: 'libata-eh.c: ata_eh_recover()',
  },
  {
    text: 'EH pending after ',
    means: 'lost',
    patience: LAST_WORDS,
    source: 'libata-eh.c: ata_scsi_port_error_handler()',
  },
  {
    text: 'disable device',
    means: 'lost',
    patience: LAST_WORDS,
    source: 'libata-eh.c: ata_dev_disable(), since 5.16',
  },
  {
    text: 'disabled',
    means: 'lost',
    patience: LAST_WORDS,
    source: 'libata-eh.c: ata_dev_disable(), up to 5.15',
  },
  { text: 'configured for ', means: 'well', patience: 0, source: 'libata-core.c: ata_dev_set_mode()' },
]
