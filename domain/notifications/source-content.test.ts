import test from 'ava';
import { refusalOfLine } from '../shared/text/one-line.ts';
import type { ShownMedia } from './media-words.ts';
import { MESSAGE_EXCERPT_CHARACTERS_MAX, messageContent, postContent } from './source-content.ts';

const OLDER_NAMES = ['Bank\r\nsupport', 'Bank\u2028support', 'Bank\u001b[2Jsupport', 'Eve \u202egnp.toidi', '\u2067Eve'];

test('a name or a title of an older event is put into one line that turns no direction', (t) => {
  for (const name of OLDER_NAMES) {
    const titles = [
      messageContent({ sender: name, text: 'hello' }).title,
      messageContent({ sender: 'Ann', group: { title: name }, text: 'hello' }).title,
      messageContent({ sender: name, group: { title: name }, text: 'hello' }).title,
      postContent(name).title,
    ];
    for (const title of titles) t.is(refusalOfLine(title ?? ''), undefined, JSON.stringify(title));
  }
});

test('of a message that says nothing it is told what it shows, in the reader’s language', (t) => {
  const told = (media: readonly ShownMedia[], language?: string, text = '') => messageContent({ sender: 'Ann', text, media, language }).body;
  t.is(told([{ kind: 'image' }]), 'Photo');
  t.is(told([{ kind: 'image' }], 'ko-KR'), '사진');
  t.is(told([{ kind: 'audio' }], 'de'), 'Sprachnachricht');
  t.is(told([{ kind: 'audio', name: 'song.mp3' }]), 'song.mp3');
  t.is(told([{ kind: 'file' }], 'xx'), 'File');
  t.is(told([{ kind: 'file', name: 'a\u202eb.pdf' }]).includes('\u202e'), false, 'a name turns no direction');
  t.is(told([{ kind: 'video' }, { kind: 'image' }], 'es'), 'Vídeo (2)');
  t.is(told([{ kind: 'image' }], 'en', 'Look!'), 'Look!');
});

test('an excerpt of a message is cut through no family and leaves no direction open', (t) => {
  const family = '👨‍👩‍👧';
  const { body } = messageContent({ sender: 'Ann', text: `\u2067${family.repeat(100)}` });
  t.regex(body, new RegExp(`^\\u2067(${family})+…\\u2069$`, 'u'));
  t.true(Array.from(body).length <= MESSAGE_EXCERPT_CHARACTERS_MAX + 1);
});
