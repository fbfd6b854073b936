import test from 'ava';
import { v4, v7 } from 'uuid';
import { asyncApiDocument, receivedName, sentName } from './asyncapi.ts';
import { CLOSE_CODES, PROTOCOL_CLOSE_CODES, shouldReconnect } from './close-codes.ts';
import { CLIENT_FRAMES, SERVER_FRAMES } from './frames.ts';
import { faultOf } from '../testing/client.ts';

const document = asyncApiDocument();

test('every reference in the document can be resolved', (t) => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '');
  t.true(references.length > 0);
  for (const path of references) {
    const target = path.split('/').reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], document);
    t.truthy(target, path);
  }
});

test('the document names every frame in its direction, with a summary, a description and a tag', (t) => {
  const names = [...Object.keys(CLIENT_FRAMES).map(sentName), ...Object.keys(SERVER_FRAMES).map(receivedName)].toSorted();
  t.deepEqual(Object.keys(document.components.schemas).toSorted(), names);
  t.deepEqual(Object.keys(document.components.messages).toSorted(), names);
  for (const [name, message] of Object.entries(document.components.messages)) {
    const { summary, description, tags } = message as { readonly summary: string; readonly description?: string; readonly tags: readonly unknown[] };
    t.regex(summary, /^[A-Z].*[^.]$/, name);
    t.regex(description ?? '', /\.$/, name);
    t.is(tags.length, 1, name);
  }
});

test('every frame has examples that its schema accepts', (t) => {
  const documented = [
    ...Object.entries(CLIENT_FRAMES).map(([type, schema]) => [sentName(type), schema] as const),
    ...Object.entries(SERVER_FRAMES).map(([type, schema]) => [receivedName(type), schema] as const),
  ];
  for (const [name, schema] of documented) {
    const { examples } = document.components.messages[name] as { readonly examples: readonly { readonly summary: string; readonly payload: object }[] };
    t.true(examples.length > 0, name);
    for (const { summary, payload } of examples) t.is(schema.safeParse(payload).error, undefined, `${name}: ${summary}`);
  }
});

test('the document has its licence, a server, and every close code with what a client does after it', (t) => {
  const { info, servers, channels } = document as unknown as {
    readonly info: { readonly license: { readonly name: string } };
    readonly servers: object;
    readonly channels: { readonly gateway: { readonly description: string; readonly 'x-close-codes': readonly object[] } };
  };
  t.is(info.license.name, 'Apache License 2.0');
  t.deepEqual(Object.keys(servers), ['gateway']);
  for (const [name, { code, sentence }] of Object.entries({ ...CLOSE_CODES, ...PROTOCOL_CLOSE_CODES })) {
    t.true(channels.gateway.description.includes(`| ${code} | \`${name}\` | ${shouldReconnect(code) ? 'yes' : 'no'} | ${sentence} |`), name);
  }
  t.deepEqual(channels.gateway['x-close-codes'][0], { code: 3000, name: 'shutdown', reconnect: true, description: CLOSE_CODES.shutdown.sentence });
});

test('the document tells clients to ignore a read receipt with a lower seq than before', (t) => {
  t.regex((document['info'] as { readonly description: string }).description, /of `read`, ignore a `seq` below one received before/);
  t.regex(JSON.stringify(document.components.messages[receivedName('read')]), /ignore a lower one/);
});

test('the document is plain JSON', (t) => t.deepEqual(JSON.parse(JSON.stringify(document)), document));

test('the schemas of the document find fields that are missing, wrong or unknown', (t) => {
  const ack = { type: 'ack', id: v7(), seq: 0, position: '0.1' };
  t.is(faultOf('server-ack', ack), undefined);
  t.truthy(faultOf('server-ack', { ...ack, seq: -1 }));
  t.truthy(faultOf('server-ack', { ...ack, id: 'x' }));
  t.truthy(faultOf('server-ack', { ...ack, more: true }));
  t.truthy(faultOf('server-ack', { type: 'ack', id: v7(), seq: 0 }));
  t.truthy(faultOf('client-send', { type: 'send', channel: v4(), text: 'no id' }));
  t.truthy(faultOf('server-shout', {}));
});
