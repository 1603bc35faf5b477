using Vitrine.Models.Tokenizers;

namespace Vitrine.Cli.CommandLine;

/// <summary>A token on the command line by its text, leading space included.</summary>
internal static class TokenArgument
{
    public static int Resolve(Tokenizer tokenizer, string text, string name)
    {
        if (text.Length == 0)
        {
            throw new UsageException(
                $"{name}: give the token's text, leading space included, or its number.");
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
