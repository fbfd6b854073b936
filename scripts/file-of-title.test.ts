import test from 'ava';
import { fileOf } from './file-of-title.ts';

const FILES = ['tests/web/chat.web.test.ts', 'tests/client-library/chat.web.test.ts', 'tests/tour/tour.test.ts', 'gateway/presence/presence.test.ts'];

test('a title names its file, also where ava leaves out the folders that all files have in common', (t) => {
  t.is(fileOf('tests › tour › tour › the tour', FILES), 'tests/tour/tour.test.ts');
  t.is(fileOf('web › chat.web › two people talk', FILES), 'tests/web/chat.web.test.ts');
  t.is(fileOf('client-library › chat.web › after.always hook', FILES), 'tests/client-library/chat.web.test.ts');
  t.is(fileOf('presence › who › is there', FILES), 'gateway/presence/presence.test.ts', 'a title may have the sign in it');
});

test('a title that may be of two files, or is of none, names none', (t) => {
  t.is(fileOf('chat.web › two people talk', FILES), undefined);
  t.is(fileOf('TypeError: it broke outside of any test', FILES), undefined);
});
