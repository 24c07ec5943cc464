import { Contents, ServerConnection } from '@jupyterlab/services';

/**
 * Files under the server's root, through Jupyter's Contents API.
 *
 * No kernel takes part, so reading works while all of them are busy, and without any.
 */
export class Files {
  constructor(private _contents: Contents.IManager) {}

  /** What a folder holds; null if there is no such folder. */
  async list(path: string): Promise<Contents.IModel[] | null> {
    const model = await this._get(path, { type: 'directory', content: true });
    return model ? (model.content as Contents.IModel[]) : null;
  }

  /** A text file's content; null if there is none. */
  async text(path: string): Promise<string | null> {
    const model = await this._get(path, { type: 'file', format: 'text', content: true });
    return model ? (model.content as string) : null;
  }

  /** Any file's content in base64; null if there is none. */
  async base64(path: string): Promise<string | null> {
    const model = await this._get(path, { type: 'file', format: 'base64', content: true });
    return model ? (model.content as string).replace(/\s/g, '') : null;
  }

  /** Any file's content; null if there is none. */
  async bytes(path: string): Promise<Uint8Array | null> {
    const content = await this.base64(path);
    return content === null ? null : Uint8Array.from(atob(content), sign => sign.charCodeAt(0));
  }

  /** A file that holds a JSON object; null if there is none, or it holds anything else. */
  async object<T extends object>(path: string): Promise<T | null> {
    const text = await this.text(path);
    try {
      const value = JSON.parse(text ?? 'null');
      return value && typeof value === 'object' && !Array.isArray(value) ? (value as T) : null;
    } catch {
      return null;
    }
  }

  /** Replaces a JSON file. */
  async write(path: string, value: object): Promise<void> {
    const content = JSON.stringify(value, null, 2) + '\n';
    await this._contents.save(path, { type: 'file', format: 'text', content });
  }

  /** What is missing, or no such thing as asked for, is null; a server that is away is an error. */
  private async _get(
    path: string,
    options: Contents.IFetchOptions
  ): Promise<Contents.IModel | null> {
    try {
      return await this._contents.get(path, options);
    } catch (error) {
      if (error instanceof ServerConnection.ResponseError && error.response.status < 500) {
        return null;
      }
      throw error;
    }
  }
}

/** Joins the parts of a path; empty parts vanish. */
export function join(...parts: string[]): string {
  return parts.filter(part => part !== '').join('/');
}

/** The folder that holds a file or folder; '' at the root. */
export function parent(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** A path's last part. */
export function base(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Does the tasks with at most `limit` at a time. */
export async function pooled<T>(
  items: readonly T[],
  limit: number,
  task: (item: T) => Promise<void>
): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await task(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, queue.length) }, worker));
}
