using System.Globalization;
using Vitrine.Interp.Induction;
using Vitrine.Models;
using Vitrine.Models.Data;

namespace Vitrine.Interp.Tests.Induction;

/// <summary>A two-layer model whose weights are written by hand, over a text of 24 words. The
/// stream holds the word, the word before as heads of layer 0 write it, what is copied, and a part
/// that nothing reads.</summary>
internal sealed class PlantedInduction : IDisposable
{
    public const int Words = 24;
    public const int Word = 0;
    public const int Before = Words;
    public const int Copied = 2 * Words;
    public const int Unread = 3 * Words;
    private const int HeadsPerLayer = 4;
    private readonly int[] _ids;

    public PlantedInduction(Corpus corpus)
    {
        Model = Transformer.Initial(
            TransformerConfig.AttentionOnly(
                layers: 2, HeadsPerLayer, dModel: 4 * Words, dHead: Words,
                corpus.Tokenizer.VocabularySize, context: 48)
                .WithAttention(heads => heads with { Scale = 1 }),
            seed: 1, standardDeviation: 0, _ => 0);
        _ids = corpus.CommonTokens(Words);
        for (int i = 0; i < Words; i++)
        {
            Model.Embed.W_E.Value[_ids[i], Word + i] = 1;
            Model.Unembed.W_U.Value[Copied + i, _ids[i]] = 1;
        }
    }

    public Transformer Model { get; }

    /// <summary>4,000 words in random order; a blank and three digits are one token.</summary>
    public static Corpus Text(string path)
    {
        var random = new Random(5);
        File.WriteAllText(path, string.Concat(Enumerable.Range(0, 4000).Select(_ =>
            " " + (100 + random.Next(Words)).ToString(CultureInfo.InvariantCulture))));
        return Corpus.FromText(path, 48);
    }

    public static InductionCircuit Measure(Transformer model, Corpus corpus) => InductionCircuit.Of(
        model, corpus, new InductionOptions { Sequences = 8, TextWindows = 8, Lengths = [12, 8] });

    /// <summary>The head attends to the tokens 1, 2, … back with these weights, and hardly to
    /// others.</summary>
    public PlantedInduction LooksBack(Head head, double strength, params double[] weights)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            Model.Blocks[head.Layer].Attn.RelativeBias!.Value[i + 1, head.Index] =
                (float)(strength + Math.Log(weights[i]));
        }

        return this;
    }

    /// <summary>The head attends to places whose token before, as layer 0 writes it, is the
    /// query's.</summary>
    public PlantedInduction Matches(Head head, double strength)
    {
        AttentionLayer attention = Model.Blocks[head.Layer].Attn;
        float root = (float)Math.Sqrt(strength);
        for (int i = 0; i < Words; i++)
        {
            attention.W_Q.Value[head.Index, Word + i, i] = root;
            attention.W_K.Value[head.Index, Before + i, i] = root;
        }

        return this;
    }

    /// <summary>The head moves a part of the stream to another, word i to word i + shift.</summary>
    public PlantedInduction Moves(Head head, int from, int to, float size, int shift = 0)
    {
        AttentionLayer attention = Model.Blocks[head.Layer].Attn;
        for (int i = 0; i < Words; i++)
        {
            attention.W_V.Value[head.Index, from + i, i] = 1;
            attention.W_O.Value[head.Index, i, to + ((i + shift) % Words)] = size;
        }

        return this;
    }

    public void Dispose() => Model.Dispose();
}
