/** What was dropped or picked, folders opened, as files with their paths. */
export interface GivenFile {
  readonly file: File;
  /** With folders, `/` between them. */
  readonly path: string;
}

/** Whether a folder is among what was dropped. To be asked within the event. */
export const hasFolder = (data: DataTransfer): boolean => [...data.items].some((item) => item.webkitGetAsEntry()?.isDirectory ?? false);

/** What was dropped; `unread` names what the browser would not read. */
export interface Dropped {
  readonly given: readonly GivenFile[];
  readonly unread: readonly string[];
}

/** Everything below what was dropped. To be called within the event: afterwards the items are gone. */
export async function droppedFiles(data: DataTransfer): Promise<Dropped> {
  const files = [...data.files];
  const entries = [...data.items].filter((item) => item.kind === 'file').map((item) => item.webkitGetAsEntry());
  // A file that a script put there has no entry.
  if (entries.every((entry) => entry === null)) return { given: files.map((file) => ({ file, path: file.name })), unread: [] };
  const unread: string[] = [];
  const lists = await Promise.all(entries.map((entry) => (entry ? below(entry, unread) : [])));
  return { given: lists.flat(), unread };
}

async function below(entry: FileSystemEntry, unread: string[]): Promise<GivenFile[]> {
  const path = entry.fullPath.replace(/^\//, '');
  const list: GivenFile[] = [];
  try {
    if (isFile(entry)) return [{ path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) }];
    if (!isDirectory(entry)) return [];
    const reader = entry.createReader();
    // A reader gives a hundred at a time, and none when it is done.
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return list;
      list.push(...(await Promise.all(some.map((each) => below(each, unread)))).flat());
    }
  } catch {
    // A link that leads nowhere, or no right to read it: the rest is there all the same.
    unread.push(path);
    return list;
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** A folder through the browser's own picker; nothing when the person thinks better of it. */
export function pickFolder(): Promise<GivenFile[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.webkitdirectory = true;
  return picked(input);
}

export function pickFiles(accept: string, multiple = true): Promise<GivenFile[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = accept;
  input.multiple = multiple;
  return picked(input);
}

function picked(input: HTMLInputElement): Promise<GivenFile[]> {
  return new Promise<GivenFile[]>((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }))));
    input.addEventListener('cancel', () => resolve([]));
    // In the page until it has answered: one that nothing holds may be gone before the person has chosen.
    input.hidden = true;
    document.body.append(input);
    input.click();
  }).finally(() => input.remove());
}

const PICTURE = /\.(jpe?g|png|webp|avif|gif|svg|bmp|tiff?|hei[cf]|jxl)$/i;

/** By type or ending: what is inside is looked at when it is read. */
export const looksLikePicture = ({ name, type }: File): boolean => type.startsWith('image/') || PICTURE.test(name);
