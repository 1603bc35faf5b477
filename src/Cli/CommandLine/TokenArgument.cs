using Vitrine.Models.Tokenizers;

namespace Vitrine.Cli.CommandLine;

/// <summary>A token on the command line: its text, leading space included, or <c>--id
/// N</c>.</summary>
internal static class TokenArgument
{
    public static int Resolve(Tokenizer tokenizer, string? text, int? id, string name = "TOKEN")
    {
        if (id is { } number)
        {
            return number >= 0 && number < tokenizer.VocabularySize
                ? number
                : throw new UsageException(
                    $"--id: must be 0 … {tokenizer.VocabularySize - 1}; got {number}.");
        }

        if (string.IsNullOrEmpty(text))
        {
            throw new UsageException($"{name}: give the token's text, leading space included, or "
                + "--id N.");
        }

        if (tokenizer.TrySingle(text, out int single))
        {
            return single;
        }

        int[] pieces = tokenizer.Encode(text, allowSpecial: true);
        string nearest = Join(tokenizer, tokenizer.NearestSingle(text, 5));
        throw new UsageException(
            $"{name}: “{text}” is not one token but {pieces.Length}: {Join(tokenizer, pieces)}. "
            + $"Nearest single tokens: {nearest} (· is a space).");
    }

    private static string Join(Tokenizer tokenizer, IEnumerable<int> ids) =>
        string.Join("  ", ids.Select(tokenizer.Display));
}
