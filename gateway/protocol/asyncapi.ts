/** The AsyncAPI 3.0 document of the gateway, made from the schemas that frames are parsed with. */
import { z } from 'zod';
import { CLOSE_CODES, PROTOCOL_CLOSE_CODES, shouldReconnect } from './close-codes.ts';
import { CLIENT_FRAME_DOCUMENTATION, FRAME_TAGS, SERVER_FRAME_DOCUMENTATION, type FrameDocumentation } from './frame-documentation.ts';
import { CLIENT_FRAMES, FRAME_BYTES_MAX, SERVER_FRAMES, UNAUTHENTICATED_FRAME_BYTES_MAX } from './frames.ts';

export type AsyncApiDocument = {
  readonly asyncapi: '3.0.0';
  readonly components: {
    readonly messages: Readonly<Record<string, object>>;
    readonly schemas: Readonly<Record<string, object>>;
    readonly tags: Readonly<Record<string, object>>;
  };
  readonly [part: string]: unknown;
};

const DESCRIPTION = [
  `Chat over a WebSocket. A frame is one JSON object in one text message of at most ${FRAME_BYTES_MAX} bytes: enough for the longest text with every character escaped. Until \`welcome\`, a frame has at most ${UNAUTHENTICATED_FRAME_BYTES_MAX} bytes.`,
  'A UUID may be sent in either letter case. An answer has the `id` of your frame as you sent it, and `clientId` is the `id` as you sent it first; every other id comes in lower case.',
  '',
  '- **Log in.** Your first frame is `hello`, with the token from `POST /v1/sessions` of the write API. The gateway answers with `welcome`.',
  '- **Receive.** Every event of a channel has a `seq`: gapless, from 0. Of each open channel you get every `seq` once and in order.',
  '- **Resume.** Keep the last `seq` without a gap as your cursor of the channel, and send it with the next `hello`. If `heads` names a `seq` above your cursor, the events in between were not sent: fetch them from the read API.',
  '- **A log that was restored.** From then on `welcome` has an `epoch`: send it with your cursors. Where it is not the one that you sent, a `seq` may name another message than it did: forget what you have, and fetch it again.',
  '- **Send.** What you send comes back as an `ack` and not as a `message`. The `ack` can arrive after a later `message`: hold that message until then.',
  '- **Send again.** Send a frame without an `ack` again under the same `id`, on any connection or over HTTP. It takes effect once.',
  '- **Read receipts.** A member never reads backwards, but gateways can deliver receipts out of order: of `read`, ignore a `seq` below one received before for that member and channel.',
].join('\n');

/** A document can be served at any address, so the server is a variable. */
const SERVERS = {
  gateway: {
    host: '{address}',
    protocol: 'ws',
    title: 'A gateway',
    description: 'Connect to the address in `gateway` of `POST /v1/sessions` or `GET /v1/gateway` of the write API. Behind TLS its scheme is `wss`.',
    variables: { address: { description: 'The host and the port of the gateway.', default: '127.0.0.1:8083' } },
    tags: [{ $ref: '#/components/tags/Connection' }],
  },
};

const CLOSE_CODE_TABLE = [
  'After a code from 3000 to 3499, reconnect with jitter and your cursors. After a code from 3500 to 3999, or one of RFC 6455 (1002, 1007, 1009), don’t: the same client would be refused again.',
  '',
  '| code | name | reconnect | meaning |',
  '| ---- | ---- | --------- | ------- |',
  ...Object.entries({ ...CLOSE_CODES, ...PROTOCOL_CLOSE_CODES }).map(
    ([name, { code, sentence }]) => `| ${code} | \`${name}\` | ${shouldReconnect(code) ? 'yes' : 'no'} | ${sentence} |`,
  ),
].join('\n');

const TAGS = Object.entries(FRAME_TAGS).map(([name, description]) => [name, { name, description }] as const);

export function asyncApiDocument(): AsyncApiDocument {
  const sent = Object.keys(CLIENT_FRAMES).map(sentName);
  const received = Object.keys(SERVER_FRAMES).map(receivedName);
  return {
    asyncapi: '3.0.0',
    id: 'urn:tidings:gateway',
    info: {
      title: 'Tidings gateway',
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'Apache License 2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      tags: TAGS.map(([name]) => ({ $ref: `#/components/tags/${name}` })),
    },
    defaultContentType: 'application/json',
    servers: SERVERS,
    channels: {
      gateway: {
        address: '/',
        title: 'A connection',
        summary: 'One WebSocket connection of a device.',
        description: `The gateway closes a connection with one of these codes.\n\n${CLOSE_CODE_TABLE}`,
        servers: [{ $ref: '#/servers/gateway' }],
        messages: Object.fromEntries([...sent, ...received].map((name) => [name, { $ref: `#/components/messages/${name}` }])),
        bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
        'x-close-codes': Object.entries({ ...CLOSE_CODES, ...PROTOCOL_CLOSE_CODES }).map(([name, { code, sentence }]) => ({
          code,
          name,
          reconnect: shouldReconnect(code),
          description: sentence,
        })),
      },
    },
    operations: {
      receive: operation('receive', sent, 'Frames that you send to the gateway.'),
      send: operation('send', received, 'Frames that the gateway sends to you.'),
    },
    components: {
      messages: Object.fromEntries([
        ...messagesOf(CLIENT_FRAMES, CLIENT_FRAME_DOCUMENTATION, sentName),
        ...messagesOf(SERVER_FRAMES, SERVER_FRAME_DOCUMENTATION, receivedName),
      ]),
      schemas: Object.fromEntries([...schemasOf(CLIENT_FRAMES, sentName), ...schemasOf(SERVER_FRAMES, receivedName)]),
      tags: Object.fromEntries(TAGS),
    },
  };
}

/** `read` and `typing` go both ways with different fields, so the name of a message has its direction. */
export const sentName = (type: string): string => `client-${type}`;
export const receivedName = (type: string): string => `server-${type}`;

type Frames = Readonly<Record<string, z.ZodType>>;
type Documentation = Readonly<Record<string, FrameDocumentation<object>>>;

const operation = (action: 'send' | 'receive', names: readonly string[], summary: string) => ({
  action,
  summary,
  channel: { $ref: '#/channels/gateway' },
  messages: names.map((name) => ({ $ref: `#/channels/gateway/messages/${name}` })),
});

const messagesOf = (frames: Frames, documentation: Documentation, nameOf: (type: string) => string) =>
  Object.entries(frames).map(([type, schema]) => {
    const { tag, summary, examples } = documentation[type] as FrameDocumentation<object>;
    return [
      nameOf(type),
      {
        name: type,
        title: type,
        summary,
        description: schema.description,
        tags: [{ $ref: `#/components/tags/${tag}` }],
        payload: { $ref: `#/components/schemas/${nameOf(type)}` },
        examples: examples.map((example) => ({ summary: example.summary, payload: example.frame })),
      },
    ];
  });

const schemasOf = (frames: Frames, nameOf: (type: string) => string) =>
  Object.entries(frames).map(([type, schema]) => {
    const { $schema: _dialect, ...described } = z.toJSONSchema(schema, { io: 'input' });
    return [nameOf(type), described];
  });
