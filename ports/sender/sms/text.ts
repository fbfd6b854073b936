/** What a text message takes on the air: SMS is sent in GSM 7-bit characters where all are in that alphabet (3GPP TS 23.038), else in UCS-2. */
import { cutBodyToFit, textOf, type ChannelContent } from '../../../domain/notifications/content.ts';

export type SmsEncoding = 'gsm-7' | 'ucs-2';

/** The default alphabet of 3GPP TS 23.038, 6.2.1, without the escape. */
const GSM_7 = new Set('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà');
/** The table of extensions there: each takes an escape before it. */
const GSM_7_EXTENDED = new Set('\f^{}\\[~]|€');

/** Of a message that goes in one segment, and of each where there are more: a header takes 6 bytes of 140. */
const SEGMENT_UNITS = { 'gsm-7': { only: 160, each: 153 }, 'ucs-2': { only: 70, each: 67 } } as const;

export function smsEncodingOf(text: string): SmsEncoding {
  for (const character of text) if (!GSM_7.has(character) && !GSM_7_EXTENDED.has(character)) return 'ucs-2';
  return 'gsm-7';
}

/** Its length as carriers count it: septets, or UTF-16 code units. */
export function smsUnitsIn(text: string): number {
  if (smsEncodingOf(text) === 'ucs-2') return text.length;
  return text.length + Array.from(text).filter((character) => GSM_7_EXTENDED.has(character)).length;
}

/** How many messages it is sent and billed as. What takes two units is never parted, so some have a unit less. */
export function smsSegmentsIn(text: string): number {
  const encoding = smsEncodingOf(text);
  const { only, each } = SEGMENT_UNITS[encoding];
  if (smsUnitsIn(text) <= only) return 1;
  let [segments, left] = [1, each];
  for (const character of text) {
    const units = encoding === 'ucs-2' ? character.length : GSM_7_EXTENDED.has(character) ? 2 : 1;
    if (units > left) [segments, left] = [segments + 1, each];
    left -= units;
  }
  return segments;
}

/** The text of a message with as much of its body as goes into so many units, cut at a grapheme; undefined where the rest alone takes more. */
export function smsTextThatFits(content: ChannelContent, unitsMax: number): string | undefined {
  const text = textOf(cutBodyToFit(content, (candidate) => smsUnitsIn(textOf(candidate)) <= unitsMax));
  return smsUnitsIn(text) <= unitsMax ? text : undefined;
}

/** A messaging service of Twilio's, which chooses among its numbers. */
export const isNumberPool = (from: string): boolean => /^MG[0-9a-f]{32}$/i.test(from);

/** A number in E.164. */
export const isE164 = (number: string): boolean => /^\+[1-9]\d{6,14}$/.test(number);
