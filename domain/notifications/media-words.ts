/** What stands for the words of a message that shows pictures or files and says nothing, in the reader's language. */
import type { MediaKind } from '../media/media-facts.ts';
import { toOneLine } from '../shared/text/one-line.ts';

export type ShownMedia = { readonly kind: MediaKind; readonly name?: string };

type Word = 'photo' | 'video' | 'voice' | 'file';

const WORDS: Readonly<Record<string, Readonly<Record<Word, string>>>> = {
  en: { photo: 'Photo', video: 'Video', voice: 'Voice message', file: 'File' },
  de: { photo: 'Foto', video: 'Video', voice: 'Sprachnachricht', file: 'Datei' },
  es: { photo: 'Foto', video: 'Vídeo', voice: 'Mensaje de voz', file: 'Archivo' },
  fr: { photo: 'Photo', video: 'Vidéo', voice: 'Message vocal', file: 'Fichier' },
  ja: { photo: '写真', video: '動画', voice: 'ボイスメッセージ', file: 'ファイル' },
  ko: { photo: '사진', video: '동영상', voice: '음성 메시지', file: '파일' },
};
const DEFAULT_LANGUAGE = 'en';

/** The first of them, and how many there are. `language`: a BCP 47 tag. */
export function mediaWords(media: readonly ShownMedia[], language: string | undefined): string {
  const [first] = media;
  if (first === undefined) return '';
  const words = WORDS[language?.split('-')[0]?.toLowerCase() ?? DEFAULT_LANGUAGE] ?? WORDS[DEFAULT_LANGUAGE];
  const name = first.name === undefined ? '' : toOneLine(first.name);
  const word = name === '' ? (words?.[wordOf(first.kind)] ?? '') : name;
  return media.length === 1 ? word : `${word} (${media.length})`;
}

function wordOf(kind: MediaKind): Word {
  switch (kind) {
    case 'image':
      return 'photo';
    case 'video':
      return 'video';
    // Sound that has a name is a file by that name.
    case 'audio':
      return 'voice';
    case 'file':
      return 'file';
  }
}
