/** What is begun in each channel: kept on this device, over a reload, until it is sent or its person logs out. */
import { signal, type Signal } from '@preact/signals';
import type { Message } from '../../../client/index.ts';
import { loggedOutBecause, session, whenLeaving } from '../../app/session.ts';
import type { Attachment } from '../../media/attachments.ts';
import type { SelectedQuote } from '../history/selected-quote.ts';
import type { Mentioned } from './markup.ts';
import { typedOf } from './typed.ts';

export type Draft = {
  readonly typed: string;
  readonly mentioned: readonly Mentioned[];
  readonly reply?: { readonly seq: number; readonly sender: string; readonly excerpt: string; readonly quote?: SelectedQuote };
  /** A message that is being edited, and what was begun before that. */
  readonly edit?: { readonly seq: number; readonly before: Pick<Draft, 'typed' | 'mentioned' | 'reply'> };
};

export const NO_DRAFT: Draft = { typed: '', mentioned: [] };
const PREFIX = 'tidings/draft/';
const STORED_AFTER_MS = 400;
const EXCERPT_CHARACTERS_MAX = 200;

const drafts = new Map<string, Signal<Draft>>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
/** Files can't be kept over a reload; over a look into another channel they are. */
const attached = new Map<string, Signal<readonly Attachment[]>>();
/** Counts what asks for the field to be focused: an answer or an edit that was begun. */
export const focusAsked = signal(0);

whenLeaving(() => {
  timers.forEach(clearTimeout);
  timers.clear();
  attached.forEach((files) => files.value.forEach(({ letGo }) => letGo()));
  attached.clear();
  // Whose session ended without their doing finds what they wrote after the next login.
  if (loggedOutBecause.value === undefined) for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) localStorage.removeItem(key);
  drafts.clear();
});

const storedKey = (channel: string): string => `${PREFIX}${session.value?.person ?? ''}/${channel}`;

export function draftOf(channel: string): Signal<Draft> {
  const known = drafts.get(channel);
  if (known !== undefined) return known;
  const draft = signal<Draft>(stored(channel));
  drafts.set(channel, draft);
  return draft;
}

export function attachmentsOf(channel: string): Signal<readonly Attachment[]> {
  const files = attached.get(channel) ?? signal<readonly Attachment[]>([]);
  attached.set(channel, files);
  return files;
}

function stored(channel: string): Draft {
  try {
    const found = JSON.parse(localStorage.getItem(storedKey(channel)) ?? 'null') as Draft | null;
    return typeof found?.typed === 'string' ? found : NO_DRAFT;
  } catch {
    return NO_DRAFT;
  }
}

export function changeDraft(channel: string, change: (draft: Draft) => Draft): void {
  const draft = draftOf(channel);
  draft.value = change(draft.value);
  const key = storedKey(channel);
  clearTimeout(timers.get(channel));
  timers.set(
    channel,
    setTimeout(() => keep(key, draft.peek()), STORED_AFTER_MS),
  );
}

function keep(key: string, draft: Draft): void {
  try {
    if (draft.typed === '' && draft.reply === undefined && draft.edit === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // No room: it lasts as long as the page.
  }
}

/** What was typed last is kept also where the page goes at once. */
addEventListener('pagehide', () => {
  if (session.value !== undefined) drafts.forEach((draft, channel) => keep(storedKey(channel), draft.peek()));
});

export function beginReply(channel: string, { seq, sender, text }: Message, quote: SelectedQuote | undefined): void {
  const excerpt = (text ?? '').slice(0, EXCERPT_CHARACTERS_MAX);
  changeDraft(channel, ({ edit, ...draft }) => ({ ...draft, ...edit?.before, reply: { seq, sender, excerpt, ...(quote === undefined ? {} : { quote }) } }));
  focusAsked.value++;
}

export function beginEdit(channel: string, { seq, text, entities }: Message): void {
  changeDraft(channel, ({ edit, typed, mentioned, reply }) => {
    const before = edit?.before ?? { typed, mentioned, ...(reply === undefined ? {} : { reply }) };
    return { ...typedOf({ text: text ?? '', entities }), edit: { seq, before } };
  });
  focusAsked.value++;
}

/** The edit, or else the answer: what was begun before is there again. */
export function leaveOff(channel: string): void {
  changeDraft(channel, ({ edit, typed, mentioned }) => (edit === undefined ? { typed, mentioned } : edit.before));
}
