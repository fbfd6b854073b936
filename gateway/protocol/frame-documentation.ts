/**
 * The part of the AsyncAPI document that is no schema: for each frame its tag, a summary and examples. The examples tell one story.
 * The descriptions stand with the schemas (`frames.ts`).
 */
import type { z } from 'zod';
import { sentenceOf } from '../../domain/shared/refusals.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import type { CLIENT_FRAMES, ServerFrame } from './frames.ts';

/** As sent: fields with a default may be absent. */
type ClientFrameInput = { readonly [Type in keyof typeof CLIENT_FRAMES]: z.input<(typeof CLIENT_FRAMES)[Type]> }[keyof typeof CLIENT_FRAMES];

export const FRAME_TAGS = {
  Connection: 'Log in on a connection, and keep it alive.',
  Messages: 'Post, edit, withdraw and react to messages, and receive those of others.',
  Receipts: 'Send and receive delivery and read receipts, and typing indicators.',
  Presence: 'Watch whether people are online.',
  Channels: 'Learn of changes of your channels.',
  Notifications: 'Learn of what comes into your notification centre, and of what you mark there on other devices.',
} as const satisfies Readonly<Record<string, string>>;

export type FrameDocumentation<Frame> = {
  readonly tag: keyof typeof FRAME_TAGS;
  /** Imperative for the frames of clients: 'Post a message'. */
  readonly summary: string;
  readonly examples: readonly { readonly summary: string; readonly frame: Frame }[];
};

type Documented<Frame extends { readonly type: string }> = { readonly [Type in Frame['type']]: FrameDocumentation<Extract<Frame, { type: Type }>> };

const { ada, bob, channel, idempotencyKey: id, at } = EXAMPLE;
const EXAMPLE_EPOCH = 1_782_898_200;
const entry = { type: 'message', channel, at, messageCount: 12 } as const;

export const CLIENT_FRAME_DOCUMENTATION: Documented<ClientFrameInput> = {
  hello: {
    tag: 'Connection',
    summary: 'Log in on this connection',
    examples: [
      { summary: 'A first connection', frame: { type: 'hello', token: EXAMPLE.token, device: EXAMPLE.device } },
      { summary: 'Resuming', frame: { type: 'hello', token: EXAMPLE.token, device: EXAMPLE.device, cursors: { [channel]: 40 } } },
      {
        summary: 'Resuming where the log was restored once',
        frame: { type: 'hello', token: EXAMPLE.token, device: EXAMPLE.device, cursors: { [channel]: 40 }, epoch: EXAMPLE_EPOCH },
      },
    ],
  },
  send: {
    tag: 'Messages',
    summary: 'Post a message',
    examples: [
      { summary: 'A reply with a mention', frame: { type: 'send', channel, id, text: 'Hello Bob', replyTo: 40, mentions: [bob] } },
      {
        summary: 'A picture, and words of which one is bold and a part of the message before is quoted',
        frame: {
          type: 'send',
          channel,
          id,
          text: 'Hello Bob',
          entities: [{ kind: 'bold', from: 6, to: 9 }],
          media: [{ media: EXAMPLE.media, alt: 'A cat on a fence' }],
          replyTo: 40,
          quote: { from: 0, to: 5 },
        },
      },
    ],
  },
  edit: {
    tag: 'Messages',
    summary: 'Edit a message',
    examples: [{ summary: 'Another text', frame: { type: 'edit', channel, id, message: 41, text: 'Hello, Bob' } }],
  },
  withdraw: {
    tag: 'Messages',
    summary: 'Withdraw a message',
    examples: [{ summary: 'A message of your own', frame: { type: 'withdraw', channel, id, message: 41 } }],
  },
  react: {
    tag: 'Messages',
    summary: 'React to a message',
    examples: [
      { summary: 'Adding a reaction', frame: { type: 'react', channel, id, message: 41, emoji: '👍', change: 'added' } },
      { summary: 'Removing it', frame: { type: 'react', channel, id, message: 41, emoji: '👍', change: 'removed' } },
    ],
  },
  delivered: {
    tag: 'Receipts',
    summary: 'Send a delivery receipt',
    examples: [{ summary: 'Everything up to 41', frame: { type: 'delivered', channel, seq: 41 } }],
  },
  received: {
    tag: 'Receipts',
    summary: 'Send a delivery receipt that saves a push',
    examples: [{ summary: 'Everything up to 41', frame: { type: 'received', channel, seq: 41 } }],
  },
  read: { tag: 'Receipts', summary: 'Send a read receipt', examples: [{ summary: 'Everything up to 41', frame: { type: 'read', channel, seq: 41 } }] },
  typing: { tag: 'Receipts', summary: 'Show that the person types', examples: [{ summary: 'In one channel', frame: { type: 'typing', channel } }] },
  heartbeat: { tag: 'Connection', summary: 'Keep the person online', examples: [{ summary: 'A heartbeat', frame: { type: 'heartbeat' } }] },
  watch: { tag: 'Presence', summary: 'Watch the presence of people', examples: [{ summary: 'One person', frame: { type: 'watch', people: [bob] } }] },
};

export const SERVER_FRAME_DOCUMENTATION: Documented<ServerFrame> = {
  welcome: {
    tag: 'Connection',
    summary: 'You are logged in',
    examples: [
      {
        summary: 'A resumed connection',
        frame: {
          type: 'welcome',
          serverTime: at,
          person: ada,
          gateway: 'gateway-1',
          recovered: true,
          heads: {},
          pingEveryMs: 25_000,
          heartbeatEveryMs: 10_000,
        },
      },
      {
        summary: 'The log was restored since: fetch everything again',
        frame: {
          type: 'welcome',
          serverTime: at,
          person: ada,
          gateway: 'gateway-1',
          epoch: EXAMPLE_EPOCH,
          recovered: false,
          heads: { [channel]: 38 },
          pingEveryMs: 25_000,
          heartbeatEveryMs: 10_000,
        },
      },
    ],
  },
  ack: {
    tag: 'Messages',
    summary: 'Your command is in the log',
    examples: [{ summary: 'Of a message', frame: { type: 'ack', id, seq: 41, position: EXAMPLE.position } }],
  },
  refused: {
    tag: 'Connection',
    summary: 'Your frame was refused',
    examples: [
      { summary: 'An unknown channel', frame: { type: 'refused', id, about: 'send', code: 'channel-unknown', detail: sentenceOf('channel-unknown') } },
    ],
  },
  message: {
    tag: 'Messages',
    summary: 'An event of a channel',
    examples: [
      { summary: 'A message', frame: { ...entry, seq: 41, event: 'posted', sender: bob, text: 'Hello Ada', clientId: id, mentions: [ada] } },
      {
        summary: 'A picture, with a quoted part of the message before',
        frame: {
          ...entry,
          seq: 41,
          event: 'posted',
          sender: bob,
          text: 'Hello Ada',
          clientId: id,
          replyTo: 40,
          entities: [{ kind: 'bold', from: 6, to: 9 }],
          media: [{ kind: 'image', type: 'image/jpeg', bytes: 48_200, alt: 'A cat on a fence', width: 640, height: 480, smaller: ['small'] }],
          quote: { text: 'Hello', from: 0 },
        },
      },
      {
        summary: 'A message that was imported',
        frame: { ...entry, seq: 3, event: 'posted', sender: bob, text: 'Low tide at four', clientId: 'slack/C01/1', editedAt: at, reactions: { '🎉': [ada] } },
      },
      { summary: 'An edit', frame: { ...entry, seq: 42, event: 'edited', message: 41, sender: bob, text: 'Hello, Ada' } },
      { summary: 'A withdrawal', frame: { ...entry, seq: 43, event: 'withdrawn', message: 41, by: bob } },
      { summary: 'A new member', frame: { ...entry, seq: 46, event: 'notice', notice: 'joined', by: bob, member: ada } },
      { summary: 'A reaction', frame: { ...entry, seq: 44, event: 'reacted', message: 40, person: bob, emoji: '👍', change: 'added' } },
      {
        summary: 'Where its link leads',
        frame: {
          ...entry,
          seq: 45,
          event: 'previewed',
          message: 40,
          of: 40,
          preview: { url: 'https://example.com/choir', title: 'The choir', site: 'Music', image: { width: 960, height: 540 } },
        },
      },
    ],
  },
  read: {
    tag: 'Receipts',
    summary: 'A member has read',
    examples: [{ summary: 'Everything up to 41', frame: { type: 'read', channel, person: bob, seq: 41 } }],
  },
  delivered: {
    tag: 'Receipts',
    summary: 'Your messages have been received',
    examples: [
      { summary: 'In a direct channel', frame: { type: 'delivered', channel, seq: 41, people: 1 } },
      { summary: 'In a group', frame: { type: 'delivered', channel, seq: 41, people: 57 } },
    ],
  },
  typing: { tag: 'Receipts', summary: 'A member types', examples: [{ summary: 'In one channel', frame: { type: 'typing', channel, person: bob } }] },
  presence: {
    tag: 'Presence',
    summary: 'The status of a watched person',
    examples: [{ summary: 'Gone offline', frame: { type: 'presence', person: bob, status: 'offline', lastActiveAt: at } }],
  },
  channel: { tag: 'Channels', summary: 'A channel has changed', examples: [{ summary: 'Fetch this channel', frame: { type: 'channel', channel } }] },
  announced: {
    tag: 'Channels',
    summary: 'An announcement was made',
    examples: [{ summary: 'Fetch up to 41', frame: { type: 'announced', channel, seq: 41 } }],
  },
  invitations: { tag: 'Channels', summary: 'Your invitations have changed', examples: [{ summary: 'Fetch them', frame: { type: 'invitations' } }] },
  notification: {
    tag: 'Notifications',
    summary: 'A notification has come',
    examples: [{ summary: 'Fetch it', frame: { type: 'notification', notification: EXAMPLE.notification } }],
  },
  centre: { tag: 'Notifications', summary: 'Your notification centre has changed', examples: [{ summary: 'Count again', frame: { type: 'centre' } }] },
  heads: { tag: 'Channels', summary: 'The last seq of channels', examples: [{ summary: 'One channel', frame: { type: 'heads', heads: { [channel]: 41 } } }] },
};
