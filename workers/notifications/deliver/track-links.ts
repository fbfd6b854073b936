/** Leads an email's links by way of Tidings, and puts a picture of one pixel into its HTML, where its app wants to know that they were followed and it was opened. */
import type { Commands } from '../../../commands/commands.ts';
import type { ChannelContent } from '../../../domain/notifications/content.ts';
import type { Tracking } from '../../../domain/notifications/templates/events.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';

/** What is longer leads on as it is: the link would not survive every mail service. */
const TARGET_MAX_CHARACTERS = 2_048;
const LINKS_TRACKED_MAX = 500;

type Dependencies = {
  readonly commands: Pick<Commands, 'linkTokenOf' | 'openTokenOf'>;
  /** Where everything is reached from outside, without a slash at its end; nothing is tracked where it is absent. */
  readonly publicUrl: string | undefined;
};

/** Of an email's content; the same for every attempt at the delivery. */
export type TrackLinks = (content: ChannelContent, options: { readonly delivery: DeliveryId; readonly tracking: Tracking | undefined }) => ChannelContent;

export const trackLinksWith =
  ({ commands, publicUrl }: Dependencies): TrackLinks =>
  (content, { delivery, tracking: { links = false, opens = false } = {} }) => {
    if (publicUrl === undefined) return content;
    let link = 0;
    const tracked = (target: string): string | undefined => {
      if (link >= LINKS_TRACKED_MAX || !isTrackable(target, publicUrl)) return undefined;
      return `${publicUrl}/v1/links/${commands.linkTokenOf({ delivery, link: link++, target })}`;
    };
    const { html, url } = content;
    const linked = html === undefined || !links ? html : rewriteLinks(html, tracked);
    const seen = linked === undefined || !opens ? linked : withPixel(linked, `${publicUrl}/v1/opens/${commands.openTokenOf({ delivery })}.gif`);
    const way = url === undefined || !links ? url : (tracked(url) ?? url);
    return { ...content, ...(seen !== undefined && { html: seen }), ...(way !== undefined && { url: way }) };
  };

/** What unsubscribes must work at once and without us, whoever's it is. */
function isTrackable(target: string, publicUrl: string): boolean {
  if (target.length > TARGET_MAX_CHARACTERS || target.startsWith(`${publicUrl}/`) || /unsubscri|opt-?out/i.test(target)) return false;
  return /^https?:$/.test(URL.parse(target)?.protocol ?? '');
}

/** One that isn't closed ends where the next begins: each is looked through once, however many there are. */
const ANCHOR = /<a(?=\s)(?:[^<>"']|"[^"]*"|'[^']*')*>/gi;
const ATTRIBUTE = /([^\s=>"'/]+)\s*(?:=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?/g;

/** As other services have it: `clicktracking="off"` leaves a link alone. */
function rewriteLinks(html: string, tracked: (target: string) => string | undefined): string {
  return html.replaceAll(ANCHOR, (anchor) => {
    const attributes = [...anchor.slice('<a'.length).matchAll(ATTRIBUTE)].map(({ 0: whole, 1: name = '', 2: value = '', index }) => ({
      name: name.toLowerCase(),
      value: decodeEntities(/^["']/.test(value) ? value.slice(1, -1) : value),
      begin: '<a'.length + index,
      end: '<a'.length + index + whole.length,
    }));
    const href = attributes.find(({ name }) => name === 'href');
    if (href === undefined || attributes.some(({ name, value }) => name === 'clicktracking' && value === 'off')) return anchor;
    const way = tracked(href.value.trim());
    return way === undefined ? anchor : `${anchor.slice(0, href.begin)}href="${way}"${anchor.slice(href.end)}`;
  });
}

function withPixel(html: string, address: string): string {
  const pixel = `<img src="${address}" width="1" height="1" alt="">`;
  const end = [...html.matchAll(/<\/body\s*>/gi)].at(-1)?.index;
  return end === undefined ? html + pixel : html.slice(0, end) + pixel + html.slice(end);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Those that stand in addresses. */
function decodeEntities(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (whole, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    return point <= 0x10_ff_ff ? String.fromCodePoint(point) : whole;
  });
}
