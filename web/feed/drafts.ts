/** What is being written, by what it answers: it is there still for who went to another page meanwhile. */
import { signal, type Signal } from '@preact/signals';
import { goTo, path } from '../app/routes.ts';
import { whenLeaving } from '../app/session.ts';
import type { Attachments } from '../media/attachments.ts';
import { fieldTime } from '../parts/time.tsx';
import type { PostSignal } from './posts.ts';
import type { Draft, Visibility } from './publishing.ts';

export type Writing = {
  readonly text: Signal<string>;
  readonly visibility: Signal<Visibility>;
  readonly attachments: Attachments;
  readonly quotes: Signal<PostSignal | undefined>;
  /** As a field of local date and time has it. Undefined: at once. */
  readonly publishAt: Signal<string | undefined>;
};

const WRITINGS_MAX = 50;
const FEED = 'feed';
const writings = new Map<string, Writing>();
whenLeaving(() => {
  for (const { attachments } of writings.values()) attachments.value.forEach((one) => one.letGo());
  writings.clear();
});

export function writingOf(replyTo: string | undefined): Writing {
  const key = replyTo ?? FEED;
  const made: Writing = writings.get(key) ?? {
    text: signal(''),
    visibility: signal('public'),
    attachments: signal([]),
    quotes: signal(undefined),
    publishAt: signal(undefined),
  };
  writings.delete(key);
  writings.set(key, made);
  const [oldest] = [...writings].filter(([name, { text, attachments }]) => name !== FEED && text.value === '' && attachments.value.length === 0);
  if (writings.size > WRITINGS_MAX && oldest !== undefined) writings.delete(oldest[0]);
  return made;
}

export const isBlank = ({ text, attachments, quotes }: Writing): boolean =>
  text.value.trim() === '' && attachments.value.length === 0 && quotes.value === undefined;

/** Empty again, for the next one. */
export function taken(writing: Writing, replyTo: string | undefined): Draft {
  const { text, visibility, attachments, quotes, publishAt } = writing;
  const draft: Draft = {
    text: text.value,
    visibility: visibility.value,
    attachments: attachments.value,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(quotes.value === undefined ? {} : { quotes: quotes.value }),
    ...(publishAt.value === undefined ? {} : { publishAt: new Date(publishAt.value).toISOString() }),
  };
  text.value = '';
  attachments.value = [];
  quotes.value = undefined;
  publishAt.value = undefined;
  return draft;
}

/** To be written anew, where nothing else is being written. */
export function putBack({ text, visibility, attachments, quotes, replyTo, publishAt }: Draft): boolean {
  const writing = writingOf(replyTo);
  if (!isBlank(writing)) return false;
  writing.text.value = text;
  writing.visibility.value = visibility;
  writing.attachments.value = attachments;
  writing.quotes.value = quotes;
  writing.publishAt.value = publishAt === undefined ? undefined : fieldTime(Date.parse(publishAt));
  return true;
}

/** Begins a post that quotes this one. */
export function quote(post: PostSignal): void {
  writingOf(undefined).quotes.value = post;
  if (path.value !== '/') goTo('/');
  else scrollTo(0, 0);
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-write]')?.focus()));
}
