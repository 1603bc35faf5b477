using Vitrine.Interp.Heads;
using Vitrine.Interp.Patching;
using Vitrine.Models;

namespace Vitrine.Interp.Tests.Patching;

public class InductionPromptsTests
{
    private static readonly RepeatedTokens Tokens = RepeatedTokens.Draw(
        [.. Enumerable.Range(1, 60)], 12, sequences: 8, seed: 5, first: 0);

    [Fact]
    public void Prompts_differ_at_two_places_and_end_alike()
    {
        PromptPairs pairs = InductionPrompts.Of(Tokens);
        Assert.Equal(8, pairs.Count);
        Assert.Equal(1 + 12 + 4, pairs.Length);
        for (int i = 0; i < pairs.Count; i++)
        {
            (int[] clean, int[] corrupt) = (pairs.Clean[i], pairs.Corrupt[i]);
            Assert.Equal(
                [4, 10], Enumerable.Range(0, clean.Length).Where(at => clean[at] != corrupt[at]));
            Assert.Equal(clean.Order(), corrupt.Order());
            Assert.Equal(clean[4], clean[^1]);
            Assert.Equal(clean[5], pairs.Answers[i]);
            Assert.Equal(corrupt[Array.IndexOf(corrupt, corrupt[^1]) + 1], pairs.Versus![i]);
        }
    }

    [Fact]
    public void A_copy_must_be_long_enough()
    {
        RepeatedTokens few =
            RepeatedTokens.Draw([1, 2, 3, 4, 5], 5, sequences: 1, seed: 0, first: null);
        Assert.Contains(
            "at least 6", Assert.Throws<ArgumentException>(() => InductionPrompts.Of(few)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void On_them_the_circuit_of_a_trained_model_shows()
    {
        using Transformer model = Transformer.Load(Stored.PathOf("analyses/F"));
        PathPatchingResult paths = PathPatching.Of(model, InductionPrompts.Of(Tokens));
        double Carried(Func<PatchedPath, bool> which) =>
            -paths.Paths.Where(which).Sum(path => path.Effect);
        double keys = Carried(path => path.Sender.Index >= 2 && path.Input == "k");
        Assert.True(paths.ValueClean > 2 && paths.ValueCorrupt < -2);
        Assert.True(keys > 0.5, $"keys from the previous-token heads carry {keys}");
        Assert.InRange(Carried(path => path.Input == "q"), -0.2, 0.2);
        Assert.True(Carried(path => path.Receiver is null && path.Sender.Layer == 1) > 0.7);
    }
}
