// Makes the compressed resources that Vitrine.Models and Vitrine.Tensors embed, from their
// published sources:
//
//     dotnet run build/make-resources.cs -- FOLDER
//
// FOLDER holds gpt2/vocab.json and gpt2/merges.txt (the GPT-2 release), state-of-the-union.txt
// (one speech a line, blank lines between) and grids.safetensors (the code books of ggml's IQ
// formats). The output is the same bytes for the same input and .NET version.
//
// gpt2.tokens.br: brotli over the lengths of all tokens (one byte each, in id order), then their
// bytes. The merges are not stored: the merge that makes a token is found again from the tokens
// with lower ids.
//
// ggml.codebooks.br: brotli over the tensors of grids.safetensors without its header: iq2_xxs,
// iq2_xs, iq2_s, iq3_xxs, iq3_s, iq1, one byte a number.

using System.IO.Compression;
using System.Text;
using System.Text.Json;

string source = args is [string folder]
    ? folder : throw new ArgumentException("usage: make-resources.cs FOLDER");
string models = Path.Combine(Directory.GetCurrentDirectory(), "src", "Models");

Write(
    Path.Combine(models, "Tokenizers", "gpt2.tokens.br"),
    Tokens(Path.Combine(source, "gpt2", "vocab.json")));
Write(
    Path.Combine(models, "Data", "state-of-the-union.txt.br"),
    File.ReadAllBytes(Path.Combine(source, "state-of-the-union.txt")));
byte[] grids = File.ReadAllBytes(Path.Combine(source, "grids.safetensors"));
Write(
    Path.Combine(models, "..", "Tensors", "Blocks", "ggml.codebooks.br"),
    grids[(8 + (int)BitConverter.ToInt64(grids))..]);

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
