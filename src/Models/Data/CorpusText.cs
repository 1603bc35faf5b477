using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
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

    /// <summary>The SHA-256 of all that decides what the documents are.</summary>
    public byte[] Hash { get; }

    public IReadOnlyList<string> Skipped { get; }

    public IReadOnlyList<(string Name, string Text)> Documents() => _documents();

    /// <summary>The shipped speeches, one a line, blank lines between. Hashed as compressed: with a
    /// warm cache the text is never unpacked.</summary>
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
                $"Corpus: {path} must be UTF-8 text, which holds no zero byte; got one at byte "
                + $"{zero + bytes.Length - content.Length}, as in UTF-16; convert the file to UTF-8.");
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
        foreach (string name in FilesBelow(path))
        {
            byte[] bytes = ReadBytes(Path.Combine(path, name));
            ReadOnlySpan<byte> content = Content(bytes);
            int bad = FirstBadByte(content);
            if (bad >= 0 || content.Contains((byte)0))
            {
                skipped.Add(bad >= 0
                    ? $"{name}: not UTF-8 at byte {bad}"
                    : $"{name}: not text, it holds a zero byte");
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

    /// <summary>Paths below a folder, '/' between parts, in ordinal order; none hidden.</summary>
    private static IEnumerable<string> FilesBelow(string path) =>
        Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(path, file).Replace('\\', '/'))
            .Where(name => !name.Split('/').Any(part => part.StartsWith('.')))
            .Order(StringComparer.Ordinal);

    private static byte[] ReadBytes(string path)
    {
        long length = new FileInfo(path).Length;
        return length < Array.MaxLength
            ? File.ReadAllBytes(path)
            : throw new InvalidDataException(
                $"Corpus: a file has less than 2 GiB; {path} has {length} bytes; split it into a "
                + "folder of files.");
    }

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
