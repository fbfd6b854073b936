/**
 * Makes one replica set of the three servers, and the user of Tidings in it. mongosh runs this once at each start of docker-compose.yml;
 * where both are there already, it changes nothing.
 */
const { readFileSync } = require('node:fs');

const MEMBERS = ['mongodb-1:27017', 'mongodb-2:27017', 'mongodb-3:27017'];
const PRIMARY_WITHIN_MS = 60_000;
const POLL_MS = 500;
const ALREADY_INITIATED = 23;

const secret = (name) => readFileSync(`/run/secrets/${name}`, 'utf8').split('\n')[0];
const admin = db.getSiblingDB('admin');
admin.auth('root', secret('mongodb-root-password'));

try {
  // The first server has the users already, so it must be the one that the others copy.
  rs.initiate({ _id: 'rs0', members: MEMBERS.map((host, _id) => ({ _id, host, priority: _id === 0 ? 2 : 1 })) });
} catch (error) {
  if (error.code !== ALREADY_INITIATED) throw error;
}

const until = Date.now() + PRIMARY_WITHIN_MS;
while (!rs.status().members.some(({ stateStr }) => stateStr === 'PRIMARY')) {
  if (Date.now() > until) throw new Error(`No primary within ${PRIMARY_WITHIN_MS} ms.`);
  sleep(POLL_MS);
}

const set = new Mongo(`mongodb://root:${encodeURIComponent(secret('mongodb-root-password'))}@${MEMBERS.join(',')}/admin?replicaSet=rs0`).getDB('admin');
const user = { pwd: secret('mongodb-password'), roles: [{ role: 'readWrite', db: 'tidings' }] };
if (set.getUser('tidings') === null) set.createUser({ user: 'tidings', ...user });
else set.updateUser('tidings', user);
