/** Pictures, videos and files that go with what is being written: sent while one writes on. */
import { signal, type Signal } from '@preact/signals';
import { failureText, session } from '../app/session.ts';
import { t } from '../text/text.ts';

export const ATTACHMENTS_MAX = 10;

export type AttachmentState =
  | { readonly status: 'sending'; readonly sentShare: number }
  | { readonly status: 'preparing' }
  | { readonly status: 'ready'; readonly media: string }
  | { readonly status: 'failed'; readonly failure: string };

export type AttachmentKind = 'image' | 'video' | 'audio' | 'file';

export type Attachment = {
  readonly key: string;
  /** Empty: of a voice message. */
  readonly name: string;
  readonly kind: AttachmentKind;
  /** Of the bytes on this device: good until the attachment is let go. Empty: they are here no longer. */
  readonly localUrl: string;
  readonly alt: Signal<string>;
  readonly state: Signal<AttachmentState>;
  /** Begins, and begins again where it failed. */
  readonly send: () => Promise<void>;
  /** Stops what is under way, and lets go of the bytes. */
  readonly letGo: () => void;
};

export type Attachments = Signal<readonly Attachment[]>;

export const isShowable = (file: File): boolean => /^(image|video)\//.test(file.type);

/** Pictures that the server can't show go as files, as they are. */
const SHOWN_PICTURE = /^image\/(jpeg|png|webp|gif|avif)$/;

function kindOf({ type }: File): AttachmentKind {
  if (SHOWN_PICTURE.test(type)) return 'image';
  return type.startsWith('video/') ? 'video' : type.startsWith('audio/') ? 'audio' : 'file';
}

/** Answers how many of the files can't be taken: there are too many, or they are neither pictures nor videos. */
export const attach = (attachments: Attachments, files: readonly File[]): number =>
  take(attachments, files, files.filter(isShowable), (file) => (file.type.startsWith('video/') ? 'video' : 'image'));

/** As `attach`, but for messages, which take every kind. */
export const attachAny = (attachments: Attachments, files: readonly File[]): number => take(attachments, files, files, kindOf);

function take(attachments: Attachments, files: readonly File[], takeable: readonly File[], kindAs: (file: File) => AttachmentKind): number {
  const room = Math.max(0, ATTACHMENTS_MAX - attachments.value.length);
  const taken = takeable.slice(0, room).map((file) => attachmentOf(file, kindAs(file)));
  attachments.value = [...attachments.value, ...taken];
  for (const one of taken) void one.send();
  return files.length - taken.length;
}

export function remove(attachments: Attachments, attachment: Attachment): void {
  attachments.value = attachments.value.filter((one) => one !== attachment);
  attachment.letGo();
}

/** Undefined where one isn't ready. */
export function readyMedia(
  attachments: readonly Attachment[],
): readonly { readonly media: string; readonly alt?: string; readonly name?: string }[] | undefined {
  const ready = attachments.flatMap(({ state, alt, kind, name }) => {
    if (state.value.status !== 'ready') return [];
    const named = (kind === 'file' || kind === 'audio') && name !== '' ? { name } : {};
    return [{ media: state.value.media, ...named, ...(alt.value.trim() === '' ? {} : { alt: alt.value.trim() }) }];
  });
  return ready.length === attachments.length ? ready : undefined;
}

/** By an earlier page: the server has it, and of the bytes nothing is left here. */
export const sentBefore = ({ media, alt = '' }: { readonly media: string; readonly alt?: string }): Attachment => ({
  key: media,
  name: t('post.media', { count: 1 }),
  kind: 'image',
  localUrl: '',
  alt: signal(alt),
  state: signal({ status: 'ready', media }),
  send: async () => undefined,
  letGo: () => undefined,
});

function attachmentOf(file: File, kind: AttachmentKind): Attachment {
  const key = session.value?.tidings.newId() ?? '';
  const state = signal<AttachmentState>({ status: 'sending', sentShare: 0 });
  const localUrl = URL.createObjectURL(file);
  let sending = new AbortController();
  return {
    key,
    name: file.name,
    kind,
    localUrl,
    alt: signal(''),
    state,
    send: async () => {
      sending = new AbortController();
      const { signal: until } = sending;
      state.value = { status: 'sending', sentShare: 0 };
      try {
        const media = await session.value?.tidings.upload(file, {
          key,
          ...(kind === 'audio' || kind === 'file' ? { as: kind } : {}),
          signal: until,
          onProgress: ({ phase, sentBytes, totalBytes }) => {
            if (until.aborted) return;
            state.value = phase === 'preparing' ? { status: 'preparing' } : { status: 'sending', sentShare: totalBytes === 0 ? 0 : sentBytes / totalBytes };
          },
        });
        if (media !== undefined && !until.aborted) state.value = { status: 'ready', media };
      } catch (error) {
        if (!until.aborted) state.value = { status: 'failed', failure: failureText(error) };
      }
    },
    letGo: () => {
      sending.abort();
      URL.revokeObjectURL(localUrl);
    },
  };
}

// A file that is dropped beside where it can be taken would otherwise be opened in place of the page.
for (const type of ['dragover', 'drop'] as const)
  addEventListener(type, (event) => event.dataTransfer?.types.includes('Files') === true && event.preventDefault());
