using System.Buffers;
using System.IO.Compression;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Data;

/// <summary>The text of a corpus before it is tokenised: named documents, read when asked
/// for.</summary>
internal sealed class CorpusText
{
    private const string StateOfTheUnionResource = "state-of-the-union.txt.br";
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];
    private readonly Func<IReadOnlyList<(string Name, string Text)>> _documents;

    private CorpusText(
        string name,
        byte[] hash,
        Func<IReadOnlyList<(string Name, string Text)>> documents,
        string[]? skipped = null)
    {
        Name = name;
        Hash = hash;
        _documents = documents;
        Skipped = skipped ?? [];
    }

    public string Name { get; }

    /// <summary>The SHA-256 of everything that determines the documents.</summary>
    public byte[] Hash { get; }

    public IReadOnlyList<string> Skipped { get; }

    public IReadOnlyList<(string Name, string Text)> Documents() => _documents();

    /// <summary>The shipped speeches, one per line, blank lines between. Hashed as compressed: with
    /// a warm cache the text is never unpacked.</summary>
    public static CorpusText StateOfTheUnion()
    {
        using Stream resource = Resource();
        return new CorpusText("State of the Union", SHA256.HashData(resource), () =>
        {
            using var reader = new StreamReader(
                new BrotliStream(Resource(), CompressionMode.Decompress), Encoding.UTF8);
            string[] speeches = reader.ReadToEnd().Split(
                '\n', StringSplitOptions.RemoveEmptyEntries);
            return Numbered(speeches);
        });
    }

    public static CorpusText Read(string path)
    {
        if (File.Exists(path))
        {
            return ReadFile(path);
        }

        return Directory.Exists(path)
            ? ReadFolder(path)
            : throw new FileNotFoundException(
                $"Corpus: {path} does not exist; name a text file or a folder.", path);
    }

    private static CorpusText ReadFile(string path)
    {
        byte[] bytes = ReadBytes(path);
        ReadOnlySpan<byte> content = Content(bytes);
        int bad = FirstBadByte(content);
        if (bad >= 0)
        {
            throw new InvalidDataException(
                $"Corpus: {path} must be UTF-8 text; byte {bad + bytes.Length - content.Length} "
                + $"(0x{content[bad]:X2}) is not; convert the file to UTF-8.");
        }

        int zero = content.IndexOf((byte)0);
        if (zero >= 0)
        {
            throw new InvalidDataException(
                $"Corpus: {path} must be UTF-8 text without zero bytes; got one at byte "
                + $"{zero + bytes.Length - content.Length}, as in UTF-16; convert the file to "
                + "UTF-8.");
        }

        string text = Encoding.UTF8.GetString(content);
        string[] documents = [.. text.Split(Tokenizer.EndOfTextMark)
            .Where(document => !string.IsNullOrWhiteSpace(document))];
        return documents.Length == 0
            ? throw new InvalidDataException(
                $"Corpus: {path} must hold text; it is empty; use another file.")
            : new CorpusText(
                Path.GetFileName(path),
                SHA256.HashData([(byte)'f', .. bytes]),
                () => Numbered(documents));
    }

    private static CorpusText ReadFolder(string path)
    {
        var documents = new List<(string Name, string Text)>();
        var skipped = new List<string>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("d"u8);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, string file) in FilesBelow(path))
        {
            byte[] bytes;
            try
            {
                if (!seen.Add(Target(file)))
                {
                    skipped.Add($"{name}: a link to a file that is already read");
                    continue;
                }

                bytes = ReadBytes(file);
            }
            catch (Exception failure) when (failure is IOException or InvalidDataException
                or UnauthorizedAccessException)
            {
                skipped.Add(name.Contains('\uFFFD', StringComparison.Ordinal)
                    ? $"{name}: its name is not UTF-8" : $"{name}: {failure.Message}");
                continue;
            }

            ReadOnlySpan<byte> content = Content(bytes);
            int bad = FirstBadByte(content);
            if (bad >= 0 || content.Contains((byte)0))
            {
                skipped.Add(bad >= 0
                    ? $"{name}: not UTF-8 at byte {bad}"
                    : $"{name}: not text, since it holds a zero byte");
                continue;
            }

            string text = Encoding.UTF8.GetString(content);
            if (string.IsNullOrWhiteSpace(text))
            {
                skipped.Add($"{name}: empty");
                continue;
            }

            documents.Add((name, text));
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{bytes.Length}\0"));
            hash.AppendData(bytes);
        }

        return documents.Count == 0
            ? throw new InvalidDataException(
                $"Corpus: {path} must hold UTF-8 text files; none of its {skipped.Count} files is; "
                + "name another folder.")
            : new CorpusText(
                Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))),
                hash.GetHashAndReset(),
                () => documents,
                [.. skipped]);
    }

    /// <summary>Files below a folder, by their paths in it with '/' between parts: first files,
    /// then links, each in ordinal order; none hidden, and none reached through a
    /// link to a folder.</summary>
    private static IEnumerable<(string Name, string File)> FilesBelow(string path) =>
        new FileSystemEnumerable<(string File, bool IsLink)>(
            path,
            (ref FileSystemEntry entry) => (entry.ToSpecifiedFullPath(), IsLink(ref entry)),
            new EnumerationOptions
            {
                AttributesToSkip = 0,
                IgnoreInaccessible = false,
                RecurseSubdirectories = true,
            })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                !IsHidden(ref entry) && (!entry.IsDirectory || IsLink(ref entry)),
            ShouldRecursePredicate = (ref FileSystemEntry entry) =>
                !IsHidden(ref entry) && !IsLink(ref entry),
        }
        .Select(found => (
            Name: Path.GetRelativePath(path, found.File).Replace('\\', '/'), found.File,
            found.IsLink))
        .OrderBy(found => found.IsLink).ThenBy(found => found.Name, StringComparer.Ordinal)
        .Select(found => (found.Name, found.File));

    private static bool IsHidden(ref FileSystemEntry entry) => entry.FileName.StartsWith(".");

    private static bool IsLink(ref FileSystemEntry entry) =>
        entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    /// <summary>The file itself, links followed.</summary>
    private static string Target(string file) =>
        new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true) is not { } target
            ? Path.GetFullPath(file)
            : Directory.Exists(target.FullName)
                ? throw new IOException("a link to a folder; name that folder itself")
                : target.Exists ? target.FullName
                    : throw new FileNotFoundException("a link to nothing");

    private static byte[] ReadBytes(string path) => InputFile.ReadAllBytes(path, Array.MaxLength);

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;

    private static int FirstBadByte(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return -1;
        }

        int offset = 0;
        while (Rune.DecodeFromUtf8(bytes[offset..], out _, out int length) == OperationStatus.Done)
        {
            offset += length;
        }

        return offset;
    }

    private static (string Name, string Text)[] Numbered(string[] documents) =>
        [.. documents.Select((document, i) => ($"{i + 1}", document))];

    private static Stream Resource() =>
        typeof(CorpusText).Assembly.GetManifestResourceStream(StateOfTheUnionResource)
        ?? throw new InvalidOperationException(
            $"Corpus: the assembly lacks {StateOfTheUnionResource}.");
}
