import test from 'ava';
import type { Personal, SealingOf } from './event.ts';

type NoteWritten = {
  readonly type: 'note-written';
  readonly data: { readonly note: string; readonly text: Personal<string>; readonly mood?: Personal<string> };
};

test('the compiler asks for the subject of each personal field, the optional ones too', (t) => {
  const sealed: SealingOf<NoteWritten> = { 'note-written': { text: 'note', mood: 'note' } };
  // @ts-expect-error -- `mood` would be stored in plain text
  const forgotten: SealingOf<NoteWritten> = { 'note-written': { text: 'note' } };
  t.notDeepEqual(sealed, forgotten);
});
