"""Make git repositories object by object, without git."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dulwich.index import commit_tree
from dulwich.objects import Blob, Commit, Tag
from dulwich.repo import Repo

Files = Mapping[str, str | bytes]


class Making:
    """A repository that grows by commits; ``at`` is where its main branch is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.repo = Repo.init(str(path), mkdir=True, default_branch=b"main")
        self.at = b""
        self._time = 1_700_000_000

    def commit(
        self,
        files: Files,
        message: str = "Change things",
        *,
        parents: Sequence[bytes] | None = None,
        branch: str = "main",
        modes: Mapping[str, int] | None = None,
    ) -> bytes:
        """Commit a tree of exactly these files to a branch; return its id."""
        store, rows = self.repo.object_store, []
        for name, content in files.items():
            blob = Blob.from_string(content.encode() if isinstance(content, str) else content)
            store.add_object(blob)
            rows.append((name.encode("utf-8", "surrogateescape"), blob.id, (modes or {}).get(name, 0o100644)))
        made = Commit()
        made.tree = commit_tree(store, rows)
        made.parents = list(parents) if parents is not None else [self.at] * bool(self.at)
        made.author = made.committer = b"Ann Author <ann@example.org>"
        self._time += 60
        made.author_time = made.commit_time = self._time
        made.author_timezone = made.commit_timezone = 0
        made.message = message.encode()
        store.add_object(made)
        self.repo.refs[f"refs/heads/{branch}".encode()] = made.id
        if branch == "main":
            self.at = made.id
        return made.id

    def tag(self, name: str, commit: bytes) -> None:
        """Give a commit an annotated tag."""
        made = Tag()
        made.name, made.message, made.tagger = name.encode(), b"a tag", b"Ann <ann@example.org>"
        made.object = (Commit, commit)
        made.tag_time, made.tag_timezone = self._time, 0
        self.repo.object_store.add_object(made)
        self.repo.refs[f"refs/tags/{name}".encode()] = made.id

    def pack(self) -> None:
        """Put all objects into a pack and all refs into one file."""
        self.repo.object_store.pack_loose_objects()
        names = [name for name in self.repo.refs.allkeys() if name.startswith(b"refs/")]
        rows = [b"%s %s\n" % (self.repo.refs[name], name) for name in names]
        for name in names:
            (self.path / ".git" / name.decode()).unlink()
        (self.path / ".git" / "packed-refs").write_bytes(b"# pack-refs with: peeled\n" + b"".join(rows))

    @property
    def git(self) -> Path:
        """Return the folder of its objects and refs."""
        return self.path / ".git"
