/**
 * Email addresses as mail servers of today take them: the characters of RFC 5322, letters of every script before the @ (RFC 6531), and
 * domains of every script behind it (RFC 5890). Quoted names and numeric hosts are not taken: nobody has such an address on purpose.
 */
import { bytesIn } from '../shared/text/text.ts';

/** RFC 5321, 4.5.3.1. */
const LOCAL_PART_MAX_BYTES = 64;
const DOMAIN_MAX_BYTES = 253;
/** Of a path of 256 without its brackets. */
export const EMAIL_ADDRESS_MAX_BYTES = 254;

/** A dot-atom (RFC 5322, 3.2.3) with what people of other scripts write in it; a joiner only between two letters that it joins. */
const LOCAL_PART = (() => {
  const atom = String.raw`[A-Za-z0-9!#$%&'*+\/=?^_\`\{\|\}~\-]`;
  const beyondAscii = String.raw`[[\p{L}\p{M}\p{N}\p{P}\p{S}]--[\p{ASCII}\p{Default_Ignorable_Code_Point}\u2800]]`;
  const joiner = String.raw`(?<=[\p{L}\p{M}])[\u200c\u200d](?=\p{L})`;
  const word = `(?:${atom}|${beyondAscii}|${joiner})+`;
  return new RegExp(String.raw`^${word}(?:\.${word})*$`, 'v');
})();
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The address as it is stored and sent to: what stands before the @ as it was typed (in NFC, as RFC 6532 asks), and the domain in
 * ASCII, where two spellings of one domain are one. Undefined for anything that is no address.
 */
export function parseEmailAddress(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0)).normalize('NFC');
  const domain = asciiDomain(text.slice(at + 1));
  if (domain === undefined || !LOCAL_PART.test(local) || bytesIn(local) > LOCAL_PART_MAX_BYTES) return undefined;
  const address = `${local}@${domain}`;
  return bytesIn(address) > EMAIL_ADDRESS_MAX_BYTES ? undefined : address;
}

/**
 * Two addresses with one key are one endpoint. Letter case counts nowhere, though a server might tell it apart before the @: none
 * does, and a STOP must not be undone by typing the address in another case.
 */
export function emailAddressKey(address: string): string {
  return (parseEmailAddress(address) ?? address.trim()).toLowerCase();
}

/** UTS 46, as browsers apply it. At least two labels, the last of which is no number. */
function asciiDomain(domain: string): string | undefined {
  if (/[^A-Za-z0-9.\-\P{ASCII}]/u.test(domain)) return undefined; // what a URL would take for a port or a path
  const host = URL.parse(`http://${domain}`)?.hostname;
  if (host === undefined || host.length > DOMAIN_MAX_BYTES) return undefined;
  const labels = host.split('.');
  const isName = labels.length >= 2 && labels.every((label) => LABEL.test(label)) && /[a-z]/.test(labels.at(-1) ?? '');
  return isName ? host : undefined;
}
