/** The AsyncAPI 3.0 document of the gateway, made from the schemas that frames are parsed with. */
import { z } from 'zod';
import { CLOSE_CODES } from './close-codes.ts';
import { CLIENT_FRAMES, FRAME_BYTES_MAX, SERVER_FRAMES } from './frames.ts';

export type AsyncApiDocument = {
  readonly asyncapi: '3.0.0';
  readonly components: {
    readonly messages: Readonly<Record<string, object>>;
    readonly schemas: Readonly<Record<string, object>>;
  };
  readonly [part: string]: unknown;
};

export function asyncApiDocument(): AsyncApiDocument {
  const sent = Object.keys(CLIENT_FRAMES).map(sentName);
  const received = Object.keys(SERVER_FRAMES).map(receivedName);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tidings chat gateway',
      version: '1.0.0',
      description: [
        `One JSON object a WebSocket text message, at most ${FRAME_BYTES_MAX} bytes. The first is \`hello\`, with the token of \`POST /v1/sessions\`.`,
        'Everything said in a channel has a `seq`: gapless, from 0. Of each open channel a connection is sent every seq once and in order; a client',
        'keeps the last without a gap as its cursor and resumes with it. A `heads` value above its cursor says that what lies between was not sent: fetch it.',
        'What a connection sends itself comes as its `ack` and not as a `message`, which may come after something said later: hold that until then.',
        'How far somebody has read a channel never goes back, though gateways may tell it out of order: of `read`, ignore a `seq` below one heard of that person there.',
        'What was not acknowledged is sent again under the same id, on any connection or by HTTP, and is in the log once.',
        'Connections are closed with these codes; after 3000–3499 come back, with jitter, after 3500–3999 don’t:',
        ...Object.entries(CLOSE_CODES).map(([name, { code, sentence }]) => `- ${code} \`${name}\`: ${sentence}`),
      ].join('\n'),
    },
    defaultContentType: 'application/json',
    channels: {
      gateway: {
        address: '/',
        messages: Object.fromEntries([...sent, ...received].map((name) => [name, { $ref: `#/components/messages/${name}` }])),
        bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      },
    },
    operations: {
      receive: operation('receive', sent),
      send: operation('send', received),
    },
    components: {
      messages: Object.fromEntries([...messagesOf(CLIENT_FRAMES, sentName), ...messagesOf(SERVER_FRAMES, receivedName)]),
      schemas: Object.fromEntries([...schemasOf(CLIENT_FRAMES, sentName), ...schemasOf(SERVER_FRAMES, receivedName)]),
    },
  };
}

/** `read` and `typing` go both ways with different fields, so a message is named with its direction. */
export const sentName = (type: string): string => `client-${type}`;
export const receivedName = (type: string): string => `server-${type}`;

type Frames = Readonly<Record<string, z.ZodType>>;

const operation = (action: 'send' | 'receive', names: readonly string[]) => ({
  action,
  channel: { $ref: '#/channels/gateway' },
  messages: names.map((name) => ({ $ref: `#/channels/gateway/messages/${name}` })),
});

const messagesOf = (frames: Frames, nameOf: (type: string) => string) =>
  Object.entries(frames).map(([type, schema]) => [
    nameOf(type),
    { name: type, payload: { $ref: `#/components/schemas/${nameOf(type)}` }, ...(schema.description === undefined ? {} : { summary: schema.description }) },
  ]);

const schemasOf = (frames: Frames, nameOf: (type: string) => string) =>
  Object.entries(frames).map(([type, schema]) => {
    const { $schema: _dialect, ...described } = z.toJSONSchema(schema, { io: 'input' });
    return [nameOf(type), described];
  });
