/** Which listener a path of the API belongs to: as nginx has it in `docs/behind-nginx.md`. */

/** Read from the log and not from the views, so that the write side answers. */
const READ_OF_WRITE_API =
  /^\/v1\/(gateway|routing|apps\/[^/]+\/access|me\/(sessions|second-factors|uploads\/[^/]+)|(unsubscribe|links|opens)\/[^/]+|callbacks\/[^/]+\/[^/]+)$/;

export function whichApi(method: string, path: string): 'read-api' | 'write-api' {
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead && !READ_OF_WRITE_API.test(path) ? 'read-api' : 'write-api';
}
