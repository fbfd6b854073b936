/** What has pictures and files with it, as rows: messages, posts, and the profile. */
import type { MediaKind, MediaVariant } from '../../domain/media/media-facts.ts';
import type { MessageDocument } from '../../projections/read-models/chat/messages.ts';
import type { PostDocument } from '../../projections/read-models/posts.ts';
import type { ProfileDocument } from '../../projections/read-models/profile.ts';
import { fieldsOf, withoutOurs } from './documents.ts';
import { html, when, type Html } from './html.ts';
import type { Row, RowMedia } from './rows.ts';

type Shown = { readonly kind: MediaKind; readonly variants: readonly MediaVariant[]; readonly alt: string | null; readonly name?: string };

/** `name`: of the sender, where it is known. `quote`: the words that it quotes of the message that it replies to. */
type Beside = { readonly name?: string | undefined; readonly quote?: string | undefined };

export function messageRow(message: MessageDocument, { name, quote }: Beside = {}): Row {
  const { seq, sender, text, at, replyTo, editedAt, withdrawn, notice } = message;
  const { quotes: _some, quoteExpiresAt: _end, media: _files, ...told } = withoutOurs(message);
  const head = {
    who: name ?? sender,
    at,
    note: [
      `№ ${seq}`,
      ...(replyTo === undefined ? [] : [`in reply to № ${replyTo}`]),
      ...(editedAt === undefined ? [] : ['edited']),
      ...(withdrawn === true ? ['withdrawn'] : []),
    ].join(', '),
  };
  const said = notice === undefined ? text : JSON.stringify({ ...notice, ...(message.noticeTitle !== undefined && { title: message.noticeTitle }) });
  const json = { ...told, ...(name !== undefined && { name }), ...(quote !== undefined && { quote }) };
  return saidRow(json, { ...head, said, quote, anchor: `m${seq}` }, { after: String(seq), media: message.media ?? [] });
}

export function postRow(post: PostDocument): Row {
  const { media: _files, ...told } = withoutOurs(post);
  const note = [post.visibility, ...(post.editedAt === null ? [] : ['edited']), ...(post.hidden === null ? [] : ['hidden'])].join(', ');
  return saidRow(told, { who: 'You', at: post.at, note, said: post.text, anchor: post.post }, { after: post.post, media: post.media ?? [] });
}

export function profileRow(profile: ProfileDocument): Row {
  const told = withoutOurs(profile);
  const media = profile.picture === null ? [] : wholeOf(profile.picture);
  return { json: told, after: '', media, show: (places) => html`<article>${fieldsOf(told)}${media.map((one, i) => showMedia(one, places[i]))}</article>` };
}

const wholeOf = ({ kind, alt, variants }: Shown): Row['media'] =>
  variants.filter(({ name }) => name === 'full').map(({ object, type, bytes }) => ({ object, type, bytes, kind, alt }));

type Said = {
  readonly who: string;
  readonly at: string;
  readonly note: string;
  readonly said: string | null;
  readonly quote?: string | undefined;
  readonly anchor: string;
};

function saidRow(
  json: object,
  { who, at, note, said, quote, anchor }: Said,
  { after, media }: { readonly after: string; readonly media: readonly Shown[] },
): Row {
  const whole = media.flatMap(wholeOf);
  return {
    json: media.length === 0 ? json : { ...json, media: media.map(({ kind, alt, name }) => ({ kind, alt, ...(name !== undefined && { name }) })) },
    after,
    media: whole,
    show: (places) =>
      html`<article id="${anchor}">
        <bdi>${who}</bdi> <time datetime="${at}">${at}</time>
        <small>${note}</small
        >${when(quote !== undefined, () => html`<blockquote dir="auto">${quote ?? ''}</blockquote>`)}${when(said !== null, () => html`<p dir="auto">${said ?? ''}</p>`)}${whole.map((one, i) => showMedia(one, places[i]))}
      </article>`,
  };
}

function showMedia({ kind, alt }: RowMedia, place: string | undefined): Html {
  if (place === undefined) return html`<p><small>(${kind}: no longer there)</small></p>`;
  const at = `../${place}`;
  switch (kind) {
    case 'image':
      return html`<img src="${at}" alt="${alt ?? ''}" loading="lazy" />`;
    case 'video':
      return html`<video src="${at}" controls preload="none" title="${alt ?? ''}"></video>`;
    case 'audio':
      return html`<audio src="${at}" controls preload="none"></audio>`;
    case 'file':
      return html`<p><a href="${at}" download>${alt ?? place}</a></p>`;
  }
}
