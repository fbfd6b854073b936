import test from 'ava';
import { refusalOfLine } from '../shared/one-line.ts';
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

test('an excerpt of a message is cut through no family and leaves no direction open', (t) => {
  const family = '👨‍👩‍👧';
  const { body } = messageContent({ sender: 'Ann', text: `\u2067${family.repeat(100)}` });
  t.regex(body, new RegExp(`^\\u2067(${family})+…\\u2069$`, 'u'));
  t.true(Array.from(body).length <= MESSAGE_EXCERPT_CHARACTERS_MAX + 1);
});
