using Vitrine.Interp.Circuits;
using Vitrine.Models;
using Vitrine.Models.Positions;

namespace Vitrine.Interp.Tests.Circuits;

/// <summary>One head with one skip-trigram far above a little noise.</summary>
internal sealed class PlantedSkipTrigram : IDisposable
{
    public const int Vocabulary = 24;
    public const int End = 23;
    public const int Context = 12;
    public const int Source = 5;
    public const int Destination = 11;
    public const int Out = 17;

    /// <summary>The one that is planted.</summary>
    public static readonly SkipTrigram Trigram = new(Source, Destination, Out);

    public PlantedSkipTrigram()
    {
        var config = TransformerConfig.AttentionOnly(
            1, 1, Vocabulary, 4, Vocabulary, Context, PositionKind.None);
        Model = Transformer.Initial(config, seed: 4, choose: _ => 0.05f);
        for (int i = 0; i < Vocabulary; i++)
        {
            Model.Embed.W_E.Value[i, i] += 1;
            Model.Unembed.W_U.Value[i, i] += 1;
        }

        AttentionLayer attention = Model.Blocks[0].Attn;
        attention.W_Q.Value[0, Destination, 0] = 4;
        attention.W_K.Value[0, Source, 0] = 4;
        attention.W_V.Value[0, Source, 1] = 2;
        attention.W_O.Value[0, 1, Out] = 2;
    }

    public Transformer Model { get; }

    public HeadCircuits Circuits()
    {
        using var reading = new HeadReading(Model);
        using HeadCircuits raw = HeadCircuits.Of(reading[new Head(0, 0)], CircuitForm.Scores);
        return raw.AgainstAverage(TokenSubset.All(Vocabulary).Unigram);
    }

    /// <summary>Random documents, half of which have the source and then the pair.</summary>
    public static int[] Text()
    {
        var random = new Random(1);
        var stream = new List<int>();
        for (int document = 0; document < 60; document++)
        {
            stream.Add(End);
            for (int i = 0; i < 9; i++)
            {
                int other = random.Next(0, Vocabulary - 1);
                stream.Add(i == 2 && document % 2 == 0 ? Source
                    : other is Source or Destination ? 0 : other);
            }

            stream.AddRange(document % 2 == 0 ? [Destination, Out] : [1, Out]);
        }

        return [.. stream];
    }

    public void Dispose() => Model.Dispose();
}
