using Vitrine.Interp.Attribution;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Tokenizers;
using Vitrine.Models.Training;
using Vitrine.Tensors;

// A small model with two layers of two heads, trained for seconds.
using Corpus corpus = Corpus.StateOfTheUnion();
Tokenizer tokenizer = corpus.Tokenizer;
var config = TransformerConfig.AttentionOnly(
    layers: 2, heads: 2, dModel: 32, dHead: 16, tokenizer.VocabularySize, context: 64);
using Transformer model = Trained(config, corpus);

// Keep activations: the plan says what they cost before anything runs.
int[] prompt = tokenizer.Encode("The Congress of the United");
using Tensor<int> tokens = Tensor.From<int>(prompt, [1, prompt.Length]);
const string Patterns = "blocks.*.attn.hook_pattern";
CachePlan plan = CachePlan.Of(config, 1, prompt.Length, Patterns);
using ActivationCache cache = model.RunWithCache(tokens, Patterns);
Check(cache.Bytes == plan.Bytes, $"the cache holds the {plan.Bytes} bytes that were planned");
Tensor<float> pattern = cache.Head(HookNames.Pattern(1), head: 0);  // [batch, queryPos, keyPos]
for (int query = 0; query < prompt.Length; query++)
{
    double sum = 0;
    for (int key = 0; key < prompt.Length; key++)
    {
        sum += pattern[0, query, key];
    }

    Check(Math.Abs(sum - 1) < 1e-5, $"attention of {tokenizer.Display(prompt[query])} sums to 1");
}

// Which parts write " States" rather than " people"?
var why = LogitAttribution.Of(
    model, prompt, answer: tokenizer.Encode(" States")[0], versus: tokenizer.Encode(" people")[0]);
Console.WriteLine(why);
Check(why.Residual < 1e-4, "the parts sum to the difference of the logits");
Check(
    Math.Abs(why.Sources["1.0"].Sum() - why.Heads[1][0]) < 1e-9, "source tokens sum to their head");

// How much of the loss do the direct path, the heads and their pairs explain?
var paths = PathExpansion.Of(model, [prompt]);
foreach (PathOrder row in paths.Orders)
{
    Console.WriteLine($"{row.Name,-16}{row.Terms,4} terms  loss {row.Loss:F3}");
}

Check(paths.Residual < 1e-4, "all paths sum to the stream that the unembedding reads");

static void Check(bool holds, string claim)
{
    Console.WriteLine($"{(holds ? "ok" : "FAILED")}: {claim}");
    if (!holds)
    {
        Environment.Exit(1);
    }
}

static Transformer Trained(TransformerConfig config, Corpus corpus)
{
    string folder = Directory.CreateTempSubdirectory("vitrine-sample-").FullName;
    string run = Path.Combine(folder, "run");
    var recipe = new Recipe { Steps = 30, Context = 64, BatchSize = 8, Warmup = 10 };
    using (Trainer trainer = Trainer.Start(RunFolder.Create(run), config, corpus, recipe))
    {
        trainer.Run();
    }

    Transformer model = Transformer.Load(run);
    Directory.Delete(folder, recursive: true);
    return model;
}
