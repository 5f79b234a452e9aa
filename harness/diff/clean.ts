/**
 * Control bytes but tab, DEL and C1, and what turns the direction of text around (CVE-2021-42574): a guest's text must not
 * clobber the terminal that it is shown on, nor look like what it isn't.
 */
const UNFIT =
  // eslint-disable-next-line no-control-regex
  /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g

const LONGEST = 500

/** Text of a guest or of a file as one line that is fit to be shown; what is longer than `max` is cut. */
export function cleanLine(text: string, max = LONGEST): string {
  const line = text.slice(0, max).replace(UNFIT, '\ufffd').replaceAll('\t', ' ').trimEnd()
  return text.length > max ? `${line}…` : line
}
