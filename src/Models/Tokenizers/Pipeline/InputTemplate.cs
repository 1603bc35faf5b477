namespace Vitrine.Models.Tokenizers.Pipeline;

/// <summary>What stands where in a template: ids of special tokens, or one of the texts.</summary>
/// <param name="Ids">Ids of special tokens; null for a text.</param>
/// <param name="IsSecond">Which text.</param>
/// <param name="TypeId">The type id of these tokens.</param>
internal sealed record TemplatePart(int[]? Ids, bool IsSecond, int TypeId);

/// <summary>The special tokens that a model's input has around one text, or two.</summary>
/// <param name="Single">Around one text.</param>
/// <param name="Pair">Around two; null if a pair is not foreseen.</param>
internal sealed record InputTemplate(
    IReadOnlyList<TemplatePart> Single, IReadOnlyList<TemplatePart>? Pair)
{
    /// <summary>A text alone, or one behind the other.</summary>
    public static InputTemplate Plain { get; } = new(
        [new(null, false, 0)], [new(null, false, 0), new(null, true, 1)]);

    /// <summary>Joins the tokens of one text or two with the special tokens.</summary>
    public EncodedInput Fill(IReadOnlyList<int> first, IReadOnlyList<int>? second)
    {
        IReadOnlyList<TemplatePart> parts = second is null ? Single
            : Pair ?? throw new InvalidOperationException(
                "Tokenizer: it has a template for one text, not for a pair; encode the texts one "
                + "by one.");
        var ids = new List<int>();
        var types = new List<int>();
        foreach (TemplatePart part in parts)
        {
            IReadOnlyList<int> these = part.Ids ?? (part.IsSecond ? second ?? [] : first);
            ids.AddRange(these);
            types.AddRange(Enumerable.Repeat(part.TypeId, these.Count));
        }

        return new EncodedInput([.. ids], [.. types]);
    }
}
