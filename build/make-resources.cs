// Makes the compressed resources that Vitrine.Models and Vitrine.Tensors embed, from their
// published sources:
//
//     dotnet run build/make-resources.cs -- FOLDER
//
// FOLDER holds gpt2/vocab.json and gpt2/merges.txt (the GPT-2 release), state-of-the-union.txt
// (one speech a line, blank lines between), unicode/ with UnicodeData.txt, DerivedAge.txt and
// DerivedNormalizationProps.txt, and grids.safetensors (the code books of ggml's IQ formats); what
// is absent is left as it is. The output is the same bytes for the same input and .NET version.
//
// gpt2.tokens.br: brotli over the lengths of all tokens (one byte each, in id order), then their
// bytes. The merges are not stored: the merge that makes a token is found again from the tokens
// with lower ids.
//
// unicode.normalization.br: brotli over lines of hexadecimal numbers: "c" code point and combining
// class; "=" code point and canonical decomposition; "!" the same where nothing composes to it;
// "~" code point and compatible decomposition. Only what Unicode 11 has: published tokenizers were
// made with its tables.
//
// ggml.codebooks.br: brotli over the tensors of grids.safetensors without its header: iq2_xxs,
// iq2_xs, iq2_s, iq3_xxs, iq3_s, iq1, one byte a number.

using System.IO.Compression;
using System.Text;
using System.Text.Json;

string source = args is [string folder]
    ? folder : throw new ArgumentException("usage: make-resources.cs FOLDER");
string models = Path.Combine(Directory.GetCurrentDirectory(), "src", "Models");

if (Directory.Exists(Path.Combine(source, "gpt2")))
{
    Write(
        Path.Combine(models, "Tokenizers", "gpt2.tokens.br"),
        Tokens(Path.Combine(source, "gpt2", "vocab.json")));
}

string speeches = Path.Combine(source, "state-of-the-union.txt");
if (File.Exists(speeches))
{
    Write(
        Path.Combine(models, "Data", "state-of-the-union.txt.br"), File.ReadAllBytes(speeches));
}

string unicode = Path.Combine(source, "unicode");
if (Directory.Exists(unicode))
{
    Write(
        Path.Combine(models, "Tokenizers", "Unicode", "unicode.normalization.br"),
        Normalization(unicode));
}

string grids = Path.Combine(source, "grids.safetensors");
if (File.Exists(grids))
{
    byte[] file = File.ReadAllBytes(grids);
    Write(
        Path.Combine(models, "..", "Tensors", "Blocks", "ggml.codebooks.br"),
        file[(8 + (int)BitConverter.ToInt64(file))..]);
}

static byte[] Tokens(string path)
{
    // GPT-2 writes bytes as printable characters: those of Latin-1 that print stand for themselves,
    // the others, in order, for U+0100 and on.
    var bytes = new Dictionary<char, byte>();
    int shifted = 0;
    for (int value = 0; value < 256; value++)
    {
        bool prints = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
        bytes.Add(prints ? (char)value : (char)(256 + shifted++), (byte)value);
    }

    using JsonDocument vocabulary = JsonDocument.Parse(File.ReadAllBytes(path));
    string[] tokens = [.. vocabulary.RootElement.EnumerateObject()
        .OrderBy(entry => entry.Value.GetInt32())
        .Select(entry => entry.Name)];
    byte[][] table = [.. tokens.Select(token => token.Select(c => bytes[c]).ToArray())];
    return
    [
        .. table.Select(token => checked((byte)token.Length)),
        .. table.SelectMany(token => token),
    ];
}

static byte[] Normalization(string folder)
{
    HashSet<int> known = Ranges(
        Path.Combine(folder, "DerivedAge.txt"), age => age.Split('.')[0] is { } major
            && int.Parse(major) < 12);
    HashSet<int> excluded = Ranges(
        Path.Combine(folder, "DerivedNormalizationProps.txt"),
        property => property == "Full_Composition_Exclusion");
    var lines = new List<string>();
    foreach (string line in File.ReadLines(Path.Combine(folder, "UnicodeData.txt")))
    {
        string[] fields = line.Split(';');
        int point = Convert.ToInt32(fields[0], 16);
        if (!known.Contains(point))
        {
            continue;
        }

        if (fields[3] != "0")
        {
            lines.Add($"c{fields[0]} {int.Parse(fields[3]):X}");
        }

        if (fields[5].Length > 0)
        {
            lines.Add(fields[5][0] == '<'
                ? $"~{fields[0]} {fields[5][(fields[5].IndexOf('>') + 2)..]}"
                : $"{(excluded.Contains(point) ? '!' : '=')}{fields[0]} {fields[5]}");
        }
    }

    return Encoding.ASCII.GetBytes(string.Join('\n', lines.Order(StringComparer.Ordinal)) + "\n");
}

static HashSet<int> Ranges(string path, Func<string, bool> wanted)
{
    var points = new HashSet<int>();
    foreach (string line in File.ReadLines(path))
    {
        string[] fields = line.Split('#')[0].Split(';');
        if (fields.Length < 2 || !wanted(fields[1].Trim()))
        {
            continue;
        }

        int[] ends = [.. fields[0].Trim().Split("..").Select(end => Convert.ToInt32(end, 16))];
        points.UnionWith(Enumerable.Range(ends[0], ends[^1] - ends[0] + 1));
    }

    return points;
}

static void Write(string path, byte[] content)
{
    // Quality 11 and the largest window; the dictionary of English words is part of brotli.
    var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
    if (!BrotliEncoder.TryCompress(content, compressed, out int length, quality: 11, window: 24))
    {
        throw new InvalidOperationException($"{path}: brotli failed");
    }

    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    File.WriteAllBytes(path, compressed[..length]);
    Console.WriteLine($"{path}: {content.Length} -> {length} bytes");
}
