/** Direct channels, groups and an announcement channel, with what was said there. */
import { inChunks } from '../../cli/import/chunks.ts';
import { importedMediaOf } from '../../commands/imports/imports.ts';
import type { Channel, Message } from './world/channels.ts';
import { agoIn, call, FillingFailed, inParallel, personAt, sendScene, SOURCE, type Filling } from './filling.ts';
import { oneByOne } from './fill-posts.ts';
import { ALT } from './drawing/scenes.ts';
import type { World } from './world/world.ts';

const MEMBERS_AT_ONCE = 50;

/** Resolves with the ids of the channels by their keys. */
export async function fillChats(filling: Filling, { channels }: World): Promise<ReadonlyMap<string, string>> {
  const { progress } = filling;
  progress.begin('Pictures of chats');
  const pictures = channels.flatMap(({ messages }) => messages.flatMap(({ sender, picture }) => (picture === undefined ? [] : [{ sender, picture }])));
  await inParallel(pictures, async ({ sender, picture }) => {
    await sendScene(filling, personAt(filling, sender).id, picture);
    progress.done();
  });
  progress.begin('Chats');
  const ids = new Map<string, string>();
  await inParallel(channels, async (channel) => {
    ids.set(channel.key, await fillChannel(filling, channel));
  });
  return ids;
}

async function fillChannel(filling: Filling, channel: Channel): Promise<string> {
  const { client, progress } = filling;
  const opened = await only(client.call('import-channel', openingOf(filling, channel)));
  if (opened.outcome === 'refused') throw new FillingFailed(`The channel ${channel.key} was refused: ${opened.says}`);
  const id = opened.channel;
  for await (const chunk of inChunks(oneByOne(channel.messages.map((message) => toImport(filling, message))))) {
    const request = { channel: id, source: channel.key, system: SOURCE, messages: [...chunk], dryRun: false };
    for await (const { key, ...outcome } of client.call('import-messages', request))
      if (outcome.outcome === 'refused') throw new FillingFailed(`The message ${key} was refused: ${outcome.says}`);
    progress.done(chunk.length);
  }
  if (channel.kind === 'announcement') {
    const members = channel.members.slice(1).map((place) => personAt(filling, place).id);
    for (let from = 0; from < members.length; from += MEMBERS_AT_ONCE)
      await Array.fromAsync(client.call('import-members', { channel: id, members: members.slice(from, from + MEMBERS_AT_ONCE) }));
  }
  await Array.fromAsync(client.call('import-channel-end', { channel: id, ...(channel.kind !== 'direct' && { description: channel.description }) }));
  if (channel.kind !== 'direct') await furnish(filling, channel, id);
  return id;
}

function openingOf(filling: Filling, channel: Channel) {
  const idOf = (place: number) => personAt(filling, place).id;
  const [owner = 0, other = 0] = channel.members;
  const named = { source: SOURCE, key: channel.key, openedAt: agoIn(filling, channel.openedAgoMs), dryRun: false };
  switch (channel.kind) {
    case 'direct':
      return { ...named, kind: 'direct', members: [idOf(owner), idOf(other)] as [ReturnType<typeof idOf>, ReturnType<typeof idOf>] } as const;
    case 'group':
      return { ...named, kind: 'group', owner: idOf(owner), members: channel.members.map(idOf), title: channel.title } as const;
    case 'announcement':
      return { ...named, kind: 'announcement', owner: idOf(owner), title: channel.title } as const;
  }
}

const toImport = (filling: Filling, { key, agoMs, sender, text, picture, replyTo, reactions }: Message) => ({
  key,
  at: agoIn(filling, agoMs),
  sender: personAt(filling, sender).id,
  text,
  ...(picture !== undefined && { media: [{ key: picture.key, alt: ALT[picture.scene].en }] }),
  ...(replyTo !== undefined && { replyTo }),
  ...(reactions.length > 0 && { reactions: reactions.map(({ emoji, people }) => ({ emoji, people: people.map((place) => personAt(filling, place).id) })) }),
});

/** Its picture, and somebody who helps its owner. */
async function furnish(filling: Filling, { key, picture, members }: Extract<Channel, { kind: 'group' | 'announcement' }>, id: string): Promise<void> {
  const [owner, second] = members.slice(0, 2).map((place) => personAt(filling, place));
  if (owner === undefined || second === undefined) return;
  await sendScene(filling, owner.id, picture);
  const media = importedMediaOf({ owner: owner.id, source: SOURCE, key: picture.key });
  await call(filling, `/v1/channels/${id}/picture`, { method: 'PUT', as: owner, name: `picture-${key}`, body: { media, alt: ALT[picture.scene].en } });
  await call(filling, `/v1/channels/${id}/members/${second.id}/role`, { method: 'PUT', as: owner, name: `admin-${key}`, body: { role: 'admin' } });
}

async function only<Line>(lines: AsyncIterable<Line>): Promise<Line> {
  for await (const line of lines) return line;
  throw new FillingFailed('A request was not answered.');
}
