/**
 * Names what a group of keys on one node has been through, so that whoever wrote there knows that it may be gone: a random generation
 * beside the keys, which a flush takes along, and the replication id of the server, which a restart and a promotion change.
 */
import { randomBytes } from 'node:crypto';

export const GENERATION_CHARACTERS = 8;
const REPLICATION_ID_CHARACTERS = 12;
export const EPOCH_CHARACTERS = GENERATION_CHARACTERS + REPLICATION_ID_CHARACTERS;

/** For scripts: the epoch by the key of the generation, or nil where there is none. Asked of the server itself, for a client can't know of a promotion. */
export const EPOCH_LUA = `
local replicationId
local function epochOf(generationKey)
  local generation = redis.call('GET', generationKey)
  if not generation then return nil end
  replicationId = replicationId or string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
  return generation .. string.sub(replicationId, 1, ${REPLICATION_ID_CHARACTERS})
end
`;

export const newGeneration = (): string => randomName(GENERATION_CHARACTERS);

/** Of characters that are safe in keys. */
export const randomName = (characters: number): string => randomBytes(characters).toString('base64url').slice(0, characters);
