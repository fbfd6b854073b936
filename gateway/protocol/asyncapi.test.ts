import test from 'ava';
import { v4, v7 } from 'uuid';
import { asyncApiDocument, receivedName, sentName } from './asyncapi.ts';
import { CLIENT_FRAMES, SERVER_FRAMES } from './frames.ts';
import { faultOf } from '../testing/client.ts';

const document = asyncApiDocument();

test('every reference in the document leads somewhere', (t) => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '');
  t.true(references.length > 0);
  for (const path of references) {
    const target = path.split('/').reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], document);
    t.truthy(target, path);
  }
});

test('the document names every frame, in its direction, with a description or fields that speak for themselves', (t) => {
  const names = [...Object.keys(CLIENT_FRAMES).map(sentName), ...Object.keys(SERVER_FRAMES).map(receivedName)].toSorted();
  t.deepEqual(Object.keys(document.components.schemas).toSorted(), names);
  t.deepEqual(Object.keys(document.components.messages).toSorted(), names);
});

test('the document tells clients that reading never goes back: a lower seq than one heard before is to be ignored', (t) => {
  t.regex((document['info'] as { readonly description: string }).description, /of `read`, ignore a `seq` below one heard/);
  t.regex(JSON.stringify(document.components.messages[receivedName('read')]), /ignore a lower one/);
});

test('the document is plain JSON', (t) => t.deepEqual(JSON.parse(JSON.stringify(document)), document));

test('the schemas of the document find what is missing, wrong or too much', (t) => {
  const ack = { type: 'ack', id: v7(), seq: 0, position: '0.1' };
  t.is(faultOf('server-ack', ack), undefined);
  t.truthy(faultOf('server-ack', { ...ack, seq: -1 }));
  t.truthy(faultOf('server-ack', { ...ack, id: 'x' }));
  t.truthy(faultOf('server-ack', { ...ack, more: true }));
  t.truthy(faultOf('server-ack', { type: 'ack', id: v7(), seq: 0 }));
  t.truthy(faultOf('client-send', { type: 'send', channel: v4(), text: 'no id' }));
  t.truthy(faultOf('server-shout', {}));
});
